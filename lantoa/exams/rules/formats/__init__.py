"""Files of questions: GIFT, Moodle XML, Aiken, our Excel sheet. Text or bytes in, questions with their faults out;
and back, with everything named that the format cannot carry."""
