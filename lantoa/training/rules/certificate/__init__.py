"""Certificates: a short signed payload in a QR code, a dated list of revocations, a page that checks both
without a network, and the PDF itself. `payload` signs and reads, `trust` verifies, `offline` makes the page,
`pdf` the paper.

The format, the cryptography and what is cut where are explained in docs/decisions/0006-certificates.md.
"""
