"""Papers: administrative documents in the form of Decree 30/2020/NĐ-CP, one model written as .docx and as .pdf.

`model` says what a paper is, `forms` builds the usual ones (report, decision, list), `decree` holds the Decree's
table of sizes and styles, `wording` its dates, numbers and codes, `layout` turns a paper into lines with measures,
and `docx` and `pdf` write those lines. `tables` writes .xlsx sheets for offices.
"""
