"""What the scripts of the page of an exam say. They stand here, so that they are translated as all words are."""

from typing import Final

from lantoa.common.refused import N_

WORDS: Final = {
    # waiting, and the checks before the start
    "begins": N_("The exam begins at %(at)s by the centre's clock. Leave this page open."),
    "begins_unknown": N_("The exam begins when whoever holds it presses the button. Leave this page open."),
    "countdown": N_("Begins in %(left)s"),
    "leave_open": N_("It begins by itself on this page."),
    "starting": N_("The exam has begun. Asking the centre to open your paper …"),
    "opening": N_("Opening your paper …"),
    "own_time": N_("Your time runs from the moment you start."),
    "start": N_("Start the exam"),
    "checks": N_("Is this device ready?"),
    "paper_here": N_("Your paper lies on this device, sealed until the start."),
    "paper_coming": N_("Your paper is still being fetched."),
    "paper_missing": N_("Your paper has not reached this device yet: it needs the line once."),
    "storage_works": N_("This device keeps your answers."),
    "storage_full": N_(
        "This device cannot store your answers: its storage is full or closed. They are sent to the centre directly. "
        "Do not close this page before they are there, and free some storage."
    ),
    "line_works": N_("The line works: the centre answers in %(seconds)s seconds."),
    "line_slow": N_("The line is slow: the centre answers in %(seconds)s seconds. Your answers wait on this device."),
    "clock_right": N_("The clock of this device agrees with the centre's."),
    "clock_ahead": N_(
        "The clock of this device is %(minutes)s minutes ahead. That does no harm: the centre's counts."
    ),
    "clock_behind": N_(
        "The clock of this device is %(minutes)s minutes behind. That does no harm: the centre's counts."
    ),
    "reopens": N_("This page opens again also without a line."),
    "reopens_not": N_("Without a line this page works as long as it stays open."),
    "plain_instead": N_("Use the plain pages instead: each step needs the line"),
    # letters that are read out
    "letters_title": N_("The line is dead, and letters are read out in the room"),
    "letters_help": N_(
        "Type the sixteen letters and digits for variant %(variant)s. Spaces and capitals do not matter."
    ),
    "letters": N_("Letters of the paper"),
    "open_paper": N_("Open the paper"),
    "letters_count": N_("Sixteen letters and digits are needed; %(count)s were typed."),
    "letters_wrong": N_("These letters do not open your paper. Ask to hear them again, for variant %(variant)s."),
    # a question
    "question": N_("Question %(number)s of %(total)s"),
    "points": N_("%(points)s points"),
    "your_answer": N_("Your answer"),
    "your_answers": N_("Your answer: all that is right"),
    "your_number": N_("Your answer: a number"),
    "no_answer": N_("no answer"),
    "true": N_("true"),
    "false": N_("false"),
    "which_place": N_("Which place?"),
    "which_letter": N_("Which letter?"),
    "ordering": N_("Give each line its place: 1 is the first."),
    "ordering_incomplete": N_("Not saved yet: give each line a place, and each place to one line only."),
    "no_number": N_("Write a number, such as 3,14"),
    "most_words": N_("A text of at most %(words)s words."),
    "next": N_("Next question"),
    "previous": N_("Previous question"),
    "all": N_("All questions"),
    "question_word": N_("Question"),
    "state": N_("State"),
    # the true state of an answer
    "typing": N_("not saved yet"),
    "state_none": N_("not answered"),
    "state_device": N_("on this device only"),
    "state_bare": N_("only in this open page"),
    "state_centre": N_("at the centre"),
    "state_late": N_("at the centre, late"),
    "state_other": N_("at the centre, from another device"),
    "state_differs": N_("the centre counts the answer of another device"),
    "state_refused": N_("the centre cannot take it"),
    "differs": N_(
        "You answered this question on another device too, and the centre received that answer last, at %(at)s. It "
        "counts until you decide here. The answer of the other device:"
    ),
    "take_other": N_("Take that answer"),
    "keep_mine": N_("Keep the answer of this device"),
    # the line
    "line_well": N_("The line works."),
    "line_all": N_("All your answers are at the centre."),
    "line_sending": N_("Answers on their way to the centre: %(count)s"),
    "line_dead": N_("No answer from the centre since %(since)s. This page goes on trying."),
    "line_dead_pending": N_(
        "No answer from the centre since %(since)s. Answers on this device only: %(count)s. Go on; this page sends "
        "them when the line is back."
    ),
    "line_signin": N_(
        "The centre asks who you are. Answers on this device only: %(count)s. Sign in again in a new window, then "
        "come back here."
    ),
    "line_foreign": N_("The centre takes no answers of this device for this exam. Tell whoever holds the exam."),
    "line_unknown": N_(
        "The centre does not know this exam. Tell whoever holds the exam, and save a file of your answers."
    ),
    "sign_in": N_("Sign in"),
    "try_now": N_("Try again now"),
    "look": N_("Compare with the centre"),
    "looked": N_("Compared with the centre just now: each question says where its answer is."),
    "look_failed": N_("The centre does not answer. What is said here is what this device knows."),
    "elsewhere": N_("This exam is open in another window of this device. Go on there, or here."),
    "here": N_("Go on here"),
    # the time
    "time_left": N_("Time left: %(left)s"),
    "time_until": N_("until %(until)s by the centre's clock"),
    "time_guessed": N_("by the clock of this device, until the centre answers"),
    "time_jumped": N_("this device was asleep or its clock was set: the centre's clock counts"),
    "time_over_here": N_("The time is over by this page's clock. What you answer now counts as late."),
    "more_time": N_("You have been given more time: until %(until)s."),
    # handing in, and the end
    "hand_in": N_("Hand in"),
    "hand_in_now": N_("Hand in now?"),
    "missing": N_("Not answered: question %(numbers)s."),
    "nothing_missing": N_("Every question is answered."),
    "some_differ": N_("For some questions the centre counts the answer of another device. See all questions first."),
    "first_send": N_("Answers on this device only: %(count)s. They are sent first."),
    "no_way_back": N_("After that nothing can be changed."),
    "back": N_("Back to the questions"),
    "not_yet": N_("Not handed in yet. Asking the centre …"),
    "not_yet_pending": N_(
        "Not handed in yet: answers on this device only: %(count)s. They are sent as soon as the line is back, then "
        "the exam is handed in. Leave this page open."
    ),
    "handed_in": N_("Handed in at %(at)s by the centre's clock."),
    "time_over": N_("The time is over. What reached the centre in time counts, also without handing in."),
    "never_started": N_("This exam is over. You did not start it. Ask whoever holds the exam."),
    "still_here": N_(
        "Answers on this device only: %(count)s. They are still sent; what comes late is kept, and a person decides "
        "whether it counts. Leave this page open, or save a file of your answers."
    ),
    "all_there": N_("All your answers are at the centre."),
    "some_late": N_("Answers that came late: %(count)s. They are kept, and a person decides whether they count."),
    "some_refused": N_("Answers the centre could not take: %(count)s. Save a file of your answers and hand it over."),
    "save_file": N_("Save a file of my answers"),
    "result": N_("The result of this exam"),
}

FILE_WORDS: Final = {  # of papers that ask for files
    "file": N_("Your file"),
    "file_hint": N_("One file (%(kinds)s) of at most %(most)s MB. Another one takes its place."),
    "file_given": N_("Chosen: %(name)s (%(size)s KB)"),
    "file_other": N_("From another device: a file (%(kind)s, %(size)s KB)"),
    "file_back": N_("Take my file back"),
    "file_kind": N_("Files of kind .%(kind)s are not taken here, only %(kinds)s."),
    "file_large": N_("The file has %(size)s MB; the most is %(most)s MB."),
    "file_empty": N_("The file is empty."),
    "file_unread": N_("This device could not read the file. Choose it again."),
    "file_waits": N_("on this device, waiting to be sent"),
    "file_part": N_("being sent: %(part)s"),
    "file_bare": N_("only in this open page, being sent"),
    "file_elsewhere": N_("named by another device; its content has not reached the centre"),
}
