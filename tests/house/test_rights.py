"""Every address x every role x a thing of one's own unit and of a foreign one.

What is expected follows from the table of permissions alone: a view says `@needs("training.manage")`, and
`lantoa/directory/permissions.py` says which roles hold that. The reader's role is granted on a province; their own
things stand in it, the foreign ones in the province beside it; and a role on a ward reaches neither the province
above it nor the other wards.

- not signed in: the sign-in page, unless the view is PUBLIC;
- signed in without the right: 404;
- with the right, a thing of a foreign unit: 404, for reading (GET) and for acting (POST);
- with the right, one's own thing: a page, a redirect, a refusal with its reason; never 404, never a crash.

A NEW ADDRESS: the walk fails and names it. Add a line to THINGS: the url's name, and how to make its arguments from
a `Corner` (tests/house/world.py), which has one thing of every kind; give the corner a new kind if yours is missing.
An address without arguments, or whose arguments belong to no unit, stands in NO_UNIT: it is asked without a
foreign side. Requests are undone one by one, so that they may act.
"""

import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as house
from django.db import transaction
from django.test import Client
from django.urls import reverse
from factories import person, unit, user
from house.urls import Url, all_urls
from house.world import Corner, World

from lantoa.accounts.models import User
from lantoa.directory.models import Person, Role, Unit
from lantoa.directory.permissions import BY_TOKEN, PUBLIC, ROLES, SIGNED_IN

Arguments = dict[str, str | int]
Make = Callable[[Corner], Arguments]


def key_of(thing: str, argument: str = "key", **more: str | int) -> Make:
    """The key of that thing of the corner, under the name of the argument; more arguments as they are."""
    return lambda corner: {argument: getattr(corner, thing).key, **more}


THINGS: dict[str, Make] = {
    "directory:people": key_of("ward"),
    "directory:people_export": key_of("ward"),
    "directory:add_person": key_of("ward"),
    "directory:roles": key_of("ward"),
    "directory:new_account": key_of("ward"),
    "directory:reset_password": key_of("grant"),
    "directory:take_role_back": key_of("grant"),
    "directory:person": key_of("person"),
    "directory:correct_person": key_of("person"),
    "directory:set_post": key_of("person"),
    "directory:end_post": key_of("post"),
    "directory:ask_transfer": key_of("person"),
    "directory:leave": key_of("person"),
    "directory:transfer": key_of("transfer"),
    "office:file": key_of("file"),
    "office:job": key_of("job"),
    "office:job_progress": key_of("job"),
    "office:stop_job": key_of("job"),
    "office:show_import": key_of("sheet_sent"),
    "office:apply_import": key_of("sheet_sent"),
    "office:undo_import": key_of("sheet_sent"),
    "office:read_import": key_of("sheet_sent"),
    "office:choose_rows": key_of("sheet_sent"),
    "office:map_columns": key_of("sheet_sent"),
    "office:marked_file": key_of("sheet_sent"),
    "office:document": key_of("document"),
    "office:correct_number": key_of("document"),
    "office:discard_document": key_of("document"),
    "office:document_file": key_of("document", extension="docx"),
    "office:notice": key_of("notice"),
    "office:send_notice_again": key_of("lost_notice"),
    "office:cancel_notice": key_of("notice"),
    "office:report_returned_notice": key_of("sent_notice"),
    "office:wordings": key_of("ward"),
    "office:wording": key_of("ward", template="training.meeting_tomorrow", language="vi"),
    "programmes:programme": key_of("programme"),
    "programmes:change_programme": key_of("programme"),
    "programmes:add_partner": key_of("programme"),
    "programmes:remove_partner": key_of("partner"),
    "programmes:target": key_of("target"),
    "programmes:change_target": key_of("target"),
    "programmes:retire_target": key_of("target"),
    "programmes:share_target": key_of("target"),
    "programmes:target_forebears": key_of("target"),
    "programmes:report_figure": key_of("target"),
    "programmes:review_figure": key_of("figure"),
    "programmes:reporting": key_of("reporting"),
    "programmes:ask_figures": key_of("reporting"),
    "programmes:reporting_deadline": key_of("reporting"),
    "programmes:close_reporting": key_of("reporting"),
    "programmes:remind_figures": key_of("reporting"),
    "programmes:figures_sheet": key_of("reporting"),
    "programmes:load_figures": key_of("reporting"),
    "programmes:owed_sheet": lambda corner: {"key": corner.reporting.key, "unit": corner.ward.key},
    "programmes:load_owed": lambda corner: {"key": corner.reporting.key, "unit": corner.ward.key},
    "programmes:plan": key_of("ward"),
    "programmes:budget": key_of("programme"),
    "programmes:budget_entries": key_of("programme"),
    "programmes:budget_file": key_of("programme"),
    "programmes:load_budget": key_of("programme"),
    "programmes:new_budget_line": key_of("programme"),
    "programmes:enter_amount": key_of("budget_line"),
    "programmes:counter_amount": key_of("amount"),
    "programmes:change_act": key_of("act"),
    "programmes:rests_on_act": key_of("act"),
    "programmes:relate_act": key_of("act"),
    "programmes:keep_act_file": key_of("act"),
    "programmes:unrelate_act": key_of("act_relation"),
    "programmes:unit_inventory": key_of("ward"),
    "programmes:new_system": key_of("ward"),
    "programmes:load_inventory": key_of("ward"),
    "programmes:declare_expected": key_of("ward"),
    "programmes:system": key_of("system"),
    "programmes:change_system": key_of("system"),
    "programmes:take_system": lambda corner: {"key": corner.system.key, "unit": corner.ward.key},
    "programmes:draft_plan": key_of("ward"),
    "competence:course": key_of("course"),
    "competence:change_course": key_of("course"),
    "competence:add_topic": key_of("course"),
    "competence:change_topic": key_of("topic"),
    "competence:move_topic": key_of("topic"),
    "competence:remove_topic": key_of("topic"),
    "competence:add_material": key_of("topic"),
    "competence:remove_material": key_of("material"),
    # questions
    "exams:bank": key_of("bank"),
    "exams:change_bank": key_of("bank"),
    "exams:stock": key_of("bank"),
    "exams:shares": key_of("bank"),
    "exams:stop_share": key_of("share"),
    "exams:new_question": key_of("bank"),
    "exams:picture": lambda corner: {"key": corner.picture.bank.key, "checksum": corner.picture.sha256[:32]},
    "exams:question": key_of("question"),
    "exams:change_question": key_of("question"),
    "exams:retire_question": key_of("question"),
    "exams:import": key_of("bank"),
    "exams:exports": key_of("bank"),
    "exams:export_file": key_of("bank", extension="gift"),
    "exams:paper": key_of("paper"),
    "exams:change_paper": key_of("paper"),
    "exams:draw": key_of("paper"),
    "exams:variant": key_of("variant"),
    "exams:remove_variant": key_of("variant"),
    "exams:sitting": key_of("sitting"),
    "exams:sitting_start": key_of("sitting"),
    "exams:sitting_end": key_of("sitting"),
    "exams:sitting_mark": key_of("sitting"),
    "exams:sitting_answers": key_of("sitting"),
    "exams:sitting_apart": key_of("sitting"),
    "exams:sitting_markers": key_of("sitting"),
    "exams:sitting_publish": key_of("sitting"),
    "exams:print_variant": key_of("variant"),
    "exams:sitting_paper": key_of("sitting"),
    "exams:paper_preview": key_of("sitting", number=1),
    "exams:print_papers": key_of("sitting"),
    "exams:print_sheets": key_of("sitting"),
    "exams:print_key": key_of("sitting"),
    "exams:paper_find": key_of("sitting"),
    "exams:paper_sheet": key_of("sitting"),
    "exams:paper_import": key_of("sitting"),
    "exams:paper_entry": key_of("attempt"),
    "exams:paper_withdraw": key_of("attempt"),
    "exams:paper_file": key_of("sat_on_paper", number=1),
    "exams:sitting_keys": key_of("analysed"),
    "exams:sitting_key": lambda corner: {
        "key": corner.analysed.key,
        "question": corner.question.versions.get().key,
    },
    "exams:sitting_changes": key_of("analysed"),
    "exams:sitting_analysis": key_of("analysed"),
    "exams:sitting_analysis_file": key_of("analysed"),
    "exams:sitting_analysis_question": lambda corner: {
        "key": corner.analysed.key,
        "question": corner.question.versions.get().key,
    },
    "exams:sitting_time": key_of("attempt"),
    "exams:sitting_late": key_of("attempt"),
    "exams:sitting_add": key_of("sitting"),
    "exams:sitting_withdraw": key_of("attempt"),
    "exams:sitting_remove": key_of("sitting"),
    "exams:my_exam_again": key_of("own_attempt"),
    # rooms of an exam
    "exams:rooms": key_of("sitting"),
    "exams:rooms_make": key_of("sitting"),
    "exams:room_new": key_of("sitting"),
    "exams:room_move": key_of("sitting"),
    "exams:room": key_of("exam_room"),
    "exams:room_change": key_of("exam_room"),
    "exams:room_remove": key_of("exam_room"),
    "exams:room_preflight": key_of("exam_room"),
    "exams:room_roll": key_of("exam_room"),
    "exams:room_list": key_of("exam_room"),
    "exams:room_remark": key_of("exam_room"),
    "exams:room_time": key_of("exam_room"),
    "exams:room_incidents": key_of("exam_room"),
    "exams:room_minutes": key_of("exam_room"),
    "exams:room_minutes_document": lambda corner: {"key": corner.minutes.room.key},
    "exams:room_minutes_file": lambda corner: {"key": corner.minutes.room.key, "extension": "docx"},
    "exams:room_remark_on": key_of("seated"),
    "exams:room_time_for": key_of("seated"),
    "exams:sitting_letters": key_of("sitting"),
    "exams:sitting_file": key_of("attempt"),
    "exams:my_exam": key_of("own_attempt"),
    "exams:my_exam_start": key_of("own_attempt"),
    "exams:my_exam_question": key_of("own_attempt", number=1),
    "exams:my_exam_hand_in": key_of("own_attempt"),
    "exams:my_exam_device": key_of("own_attempt"),
    "exams:handed_file": key_of("handed_file"),
    "training:programme": key_of("programme"),
    "training:export_plan": key_of("programme"),
    "training:import_marks": key_of("programme"),
    "training:import_presence": key_of("programme"),
    "training:people": key_of("programme"),
    "training:meetings": key_of("programme"),
    "training:presence": key_of("programme"),
    "training:new_class": key_of("programme"),
    "training:certificates": key_of("programme"),
    "training:import_roster": key_of("programme"),
    "training:papers": key_of("programme"),
    "training:draft": key_of("programme", kind="report"),
    "training:sheet": key_of("programme", kind="participants"),
    "training:person": key_of("person"),
    "training:unit": key_of("ward"),
    "training:unit_results": key_of("ward"),
    "training:class": key_of("training_class"),
    "training:change_class": key_of("training_class"),
    "training:new_meeting": key_of("training_class"),
    "training:enrol": key_of("training_class"),
    "training:marks": key_of("training_class"),
    "training:materials": lambda corner: {"key": corner.enrolment.training_class.key},
    "training:material": lambda corner: {
        "key": corner.enrolment.training_class.key,
        "material": corner.handout.key,
    },
    "training:presence_sheet": lambda corner: {"key": corner.meeting.training_class.key, "number": 1},
    "training:withdraw": key_of("enrolment"),
    "training:meeting": key_of("meeting"),
    "training:change_meeting": key_of("meeting"),
    "training:cancel_meeting": key_of("meeting"),
    "training:open_code": key_of("meeting"),
    "training:close_code": key_of("meeting"),
    "training:wall": key_of("meeting"),
    "training:roll_call": key_of("meeting"),
    "training:correct": lambda corner: {"key": corner.meeting.key, "person": corner.enrolment.person.key},
    "training:certificate": key_of("certificate"),
    "training:revoke": key_of("certificate"),
    "training:hand_in": lambda corner: {"key": corner.enrolment.key, "assessment": corner.assignment.key},
    # calls for nominations
    "training:calls": key_of("programme"),
    "training:new_call": key_of("programme"),
    "training:call_for_class": key_of("training_class"),
    "training:call": key_of("call"),
    "training:change_call": key_of("call"),
    "training:ask_units": key_of("call"),
    "training:nominations": key_of("call"),
    "training:nominations_sheet": key_of("call"),
    "training:remind_units": key_of("call"),
    "training:close_call": key_of("call"),
    "training:reopen_call": key_of("call"),
    "training:change_asked": key_of("asked"),
    "training:stop_asking": key_of("asked"),
    "training:turn_down": key_of("nomination"),
    "training:asked": key_of("asked"),
    "training:nominate": key_of("asked"),
    "training:decline": key_of("asked"),
    "training:asked_sheet": key_of("asked"),
    "training:replace": key_of("nomination"),
    "training:withdraw_nomination": key_of("nomination"),
    "training:unit_year": key_of("ward"),
    "web:leader": key_of("ward"),
    "web:leader_paper": key_of("ward"),
    "training:person_year": key_of("person"),
    # feedback
    "training:answer": key_of("survey"),
    "training:paper_sheets": key_of("survey"),
    "training:remind_survey": key_of("survey"),
    "training:feedback": key_of("programme"),
    "training:feedback_mine": lambda corner: {"key": corner.meeting.training_class.programme.key},
    "training:feedback_rows": lambda corner: {"key": corner.survey.training_class.programme.key},
    "training:feedback_words": lambda corner: {"key": corner.survey.training_class.programme.key},
    "training:feedback_sheet": lambda corner: {"key": corner.survey.training_class.programme.key},
    "training:feedback_forms": key_of("programme"),
    "training:feedback_ready_made": key_of("programme"),
    "training:feedback_ask": key_of("programme"),
    "training:new_feedback_form": key_of("programme"),
    "training:feedback_form": key_of("feedback_form"),
    "training:feedback_form_file": key_of("feedback_form"),
    "training:follow_up": key_of("ward"),
    "training:choose_superior": lambda corner: {
        "key": corner.ward.key,
        "survey": corner.superior_survey.key,
        "person": corner.person.key,
    },
    "training:superior_answer": key_of("superior_ask"),
    "training:open_class": key_of("training_class"),
    "training:close_class": key_of("training_class"),
    # exams of a class
    "training:hold_exam": key_of("training_class"),
    "training:class_exam": key_of("class_exam"),
    "training:add_joined": key_of("class_exam"),
    "training:cancel_exam": key_of("class_exam"),
    "training:gain": lambda corner: {"key": corner.class_exam.training_class.key},
    # workshops: planning
    "workshops:workshop": key_of("workshop"),
    "workshops:change": key_of("workshop"),
    "workshops:announce": key_of("workshop", to="ready"),
    "workshops:hold": key_of("workshop", to="live"),
    "workshops:agenda": key_of("workshop"),
    "workshops:new_item": key_of("workshop"),
    "workshops:edit_item": key_of("agenda_item"),
    "workshops:drop_item": key_of("agenda_item"),
    "workshops:after": key_of("workshop"),
    "workshops:credit": key_of("workshop"),
    "workshops:make_minutes": key_of("workshop"),
    "workshops:minutes_file": key_of("past_workshop", extension="docx"),
    "workshops:invitations": key_of("workshop"),
    "workshops:send": key_of("workshop"),
    "workshops:remind_sites": key_of("workshop"),
    "workshops:to_call": key_of("workshop"),
    "workshops:answer": key_of("site"),
    "workshops:checks": key_of("workshop"),
    "workshops:check_site": key_of("site"),
    "workshops:probe": key_of("site"),
    "workshops:probe_up": key_of("site"),
    "workshops:documents": key_of("workshop"),
    "workshops:pack": key_of("workshop"),
    "workshops:document": key_of("workshop_file"),
    "workshops:drop_document": key_of("workshop_file"),
    "workshops:sites": key_of("workshop"),
    "workshops:sites_file": key_of("workshop"),
    "workshops:load_sites": key_of("workshop"),
    "workshops:new_site": key_of("workshop"),
    "workshops:carry": key_of("following"),
    "workshops:changes": key_of("following"),
    "workshops:site_record": key_of("site"),
    "workshops:edit_site": key_of("site"),
    "workshops:drop_site": key_of("site"),
    # workshops: the roll
    "workshops:desk": key_of("workshop"),
    "workshops:own_sites": key_of("workshop"),
    "workshops:refused": key_of("workshop"),
    "workshops:open_the_roll": key_of("workshop", mode="order"),
    "workshops:close_the_roll": lambda corner: {"key": corner.called.workshop.key},
    "workshops:rest": lambda corner: {"key": corner.called.workshop.key},
    "workshops:desk_site": key_of("site"),
    "workshops:answer_call": lambda corner: {"key": corner.called.workshop.sites.get(code="01").key},
    "workshops:call_site": lambda corner: {"key": corner.called.workshop.sites.get(code="01").key},
    "workshops:site_roll": key_of("site"),
    "workshops:site_code": key_of("site"),
    "workshops:site_open_code": key_of("site"),
    # workshops: while they are held
    "workshops:chair": key_of("workshop"),
    "workshops:conduct": key_of("workshop"),
    "workshops:floor": key_of("workshop"),
    "workshops:seat": key_of("workshop"),
    "workshops:hall": key_of("workshop"),
    "workshops:booth": key_of("workshop"),
    "workshops:slides": key_of("workshop"),
    "workshops:interpreters": key_of("workshop"),
    "workshops:glossary": key_of("workshop"),
    "workshops:announcements": key_of("workshop"),
    "workshops:faults": key_of("workshop"),
    "workshops:questions": key_of("workshop"),
    "workshops:question": key_of("workshop_question"),
    "workshops:polls": key_of("workshop"),
    "workshops:poll": key_of("workshop_poll"),
    "workshops:site_floor": key_of("site"),
    "workshops:forwarded": key_of("forwarding"),
    "workshops:own_technology": key_of("site"),
    "workshops:hand_over": key_of("deputised_site"),
    "workshops:conclusions": key_of("workshop"),
    "workshops:task": key_of("workshop_task"),
    # pilots
    "pilots:citizen": key_of("citizen_word"),
    "pilots:decline_citizen": key_of("citizen_word"),
    "pilots:citizen_answered": key_of("citizen_word"),
    "pilots:pain": key_of("pain"),
    "pilots:vote": key_of("pain"),
    "pilots:weigh": key_of("pain"),
    "pilots:merge": key_of("pain"),
    "pilots:separate": key_of("pain"),
    "pilots:open_votes": key_of("pain"),
    "pilots:pilot": key_of("pilot"),
    "pilots:change_pilot": key_of("pilot"),
    "pilots:new_measure": key_of("pilot"),
    "pilots:drop_measure": key_of("pilot_measure"),
    "pilots:reading": key_of("pilot_measure"),
    "pilots:correct": key_of("baseline"),
    "pilots:new_gate": key_of("pilot"),
    "pilots:change_gate": key_of("gate"),
    "pilots:drop_gate": key_of("gate"),
    "pilots:pass_gate": key_of("gate"),
    "pilots:fix": key_of("pilot"),
    "pilots:decide": key_of("pilot"),
    "pilots:begun_playbook": key_of("pilot"),
    "pilots:playbook": key_of("playbook"),
    "pilots:playbook_file": key_of("playbook"),
    "pilots:change_head": key_of("playbook"),
    "pilots:change_part": key_of("playbook", part="steps"),
    "pilots:spread": key_of("spread"),
    "pilots:choose_units": key_of("spread"),
    "pilots:new_wave": key_of("spread"),
    "pilots:drop_wave": key_of("spread"),
    "pilots:settle": key_of("spread"),
    "pilots:helps": key_of("spread"),
    "pilots:adoption": key_of("adoption"),
    "pilots:drop_unit": key_of("adoption"),
    "pilots:new_step": key_of("adoption"),
    "pilots:new_check": key_of("adoption"),
    "pilots:leave": key_of("adoption"),
    "pilots:ask": key_of("adoption"),
    "pilots:drop_step": key_of("step_done"),
    "pilots:answer": key_of("help_asked"),
    # readiness
    "readiness:version": key_of("index_version"),
    "readiness:version_file": key_of("index_version"),
    "readiness:campaign": key_of("index_campaign"),
    "readiness:move_campaign": key_of("index_campaign", to="review"),
    "readiness:deadlines": key_of("index_campaign"),
    "readiness:results": key_of("index_published"),
    "readiness:results_file": key_of("index_published", kind="csv"),
    "readiness:honesty": key_of("index_published"),
    "readiness:merged": key_of("index_published"),
    "readiness:result": lambda corner: {"key": corner.index_published.results.get().key},
    "readiness:sheet": key_of("index_sheet"),
    "readiness:hand_in": key_of("index_sheet"),
    "readiness:review": key_of("index_sheet"),
    "readiness:accept_rest": key_of("index_sheet"),
    "readiness:finish_review": key_of("index_sheet"),
    "readiness:answer": key_of("index_sheet", component="1"),
    "readiness:add_paper": key_of("index_sheet", component="1"),
    "readiness:add_appeal_paper": key_of("index_sheet", component="1"),
    "readiness:object": key_of("index_sheet", component="1"),
    "readiness:rule": lambda corner: {"key": corner.index_paper.answer.key},
    "readiness:paper": key_of("index_paper"),
    "readiness:paper_reviewed": key_of("index_paper"),
    "readiness:remove_paper": key_of("index_paper"),
    "web:person_data": key_of("person"),
    "web:export_person": key_of("person"),
    "web:restrict_person": key_of("person"),
    "web:erase_person": key_of("person"),
    "web:enter_request": key_of("person"),
    "web:data_request": key_of("data_request"),
    "web:act_on_request": key_of("data_request"),
    "web:answer_document": key_of("data_request"),
    "web:erasure": key_of("erasure"),
    "web:breach": key_of("breach"),
    "web:change_breach": key_of("breach"),
    "web:act_on_breach": key_of("breach"),
    "web:breach_document": key_of("breach"),
    "web:way_in": key_of("person"),
    "web:merge": key_of("person"),
    "web:unit_cards": key_of("ward"),
    "directory:account": lambda corner: {"key": corner.coordinator.key},
    "web:separate": key_of("merge"),
    "web:cards": key_of("training_class"),
    "api:new_token": key_of("ward"),
    "api:revoke_token": key_of("token_of_a_system"),
    "web:ledger_line": key_of("line"),
    "api:new_subscription": key_of("ward"),
    "api:subscription": key_of("subscription"),
}
NO_UNIT: dict[str, Make] = {
    "workshops:check_in": key_of("site"),  # whoever stands before the wall of a site
    "directory:unit": key_of("ward"),  # every account may see every unit
    "directory:under": key_of("ward"),
    "programmes:act": key_of("act"),  # acts are public: of what rests on one, each reader sees what is in their care
    "programmes:act_file": key_of("act"),
    "office:restore_day": lambda corner: {"day": "2026-01-02"},  # the calendar is the whole house's
    "web:purpose": key_of("purpose"),  # the register and the retention table are the whole house's
    "web:word_purpose": key_of("purpose"),
    "web:end_purpose": key_of("purpose"),
    "web:change_retention": lambda corner: {"kind": "office.import_files"},
    "accounts:personal_link": lambda corner: {"token": corner.token},
    "exams:my_exam_file": lambda corner: {"key": "0000000000000", "question": "0000000000000"},
    "training:verify_text": lambda corner: {"text": "khong-phai-chung-nhan"},
    "training:here": lambda corner: {"key": corner.meeting.gathering.key, "digits": "000000"},
    "training:calendar": lambda corner: {"token": corner.calendar},
    "training:follow_up_link": lambda corner: {"token": "khong-phai-lien-ket"},
    "api:no_such_address": lambda corner: {"rest": "khong/co"},
    "training:join": key_of("opened"),
    "web:guide": lambda corner: {"name": "learner"},
    "web:help_page": lambda corner: {"page": "training:meeting"},
    "training:leave": lambda corner: {"token": "khong-phai-lien-ket"},
    "pilots:unsay": lambda corner: {"token": "khong-phai-lien-ket"},
}
# Open to everybody without signing in. A page is added here on purpose, or not at all.
PUBLIC_PAGES = {
    "accounts:card",
    "api:documentation",
    "api:no_such_address",
    "api:openapi",
    "accounts:code",
    "accounts:openid",
    "accounts:openid_back",
    "accounts:openid_bind",
    "accounts:first_password",
    "accounts:personal_link",
    "accounts:sign_in",
    "accounts:sign_out",
    "exams:my_exam_file",
    "training:calendar",
    "training:follow_up_link",
    "training:here",
    "pilots:say",
    "pilots:unsay",
    "training:join",
    "training:leave",
    "training:offline",
    "training:open_classes",
    "training:revocations",
    "training:verify",
    "training:verify_text",
    "web:guide",
    "web:health",
    "web:help",
    "web:help_page",
    "web:language",
    "web:live",
    "web:look",
    "web:metrics",
    "web:ready",
    "web:style",
}
NOT_OURS: set[str] = set()
# The view asks for a permission of the thing itself, which stands beside the permission of the page.
ASKS_ITSELF = {
    "exams:sitting_keys": "exams.view_keys",
    "exams:sitting_key": "exams.view_keys",
    "office:file": "programmes.view",
    "office:stop_job": "office.import",
    "programmes:load_budget": "office.import",
    "training:hold_exam": "training.manage",
}
# Nothing to see there yet, which its page says with 404: a list of revocations is published with the first key.
MAY_BE_EMPTY = {"training:revocations"}


@pytest.fixture
def world(db: None, settings: Any, tmp_path: Path) -> World:
    settings.KEYS_DIR = tmp_path / "keys"
    return World.make()


def test_every_address_has_its_line_in_the_table() -> None:
    urls = [url for url in all_urls() if url.permission != BY_TOKEN]
    listed = {*THINGS, *NO_UNIT, *NOT_OURS}

    missing = [f"{url.name} ({url.route})" for url in urls if url.arguments and url.name not in listed]
    assert missing == [], "tell THINGS in tests/house/test_rights.py how to make their arguments"


def test_the_table_names_no_address_that_is_gone() -> None:
    assert {*THINGS, *NO_UNIT, *NOT_OURS} - {url.name for url in all_urls()} == set()


def test_the_public_pages_are_those_of_the_list() -> None:
    assert {url.name for url in all_urls() if url.permission == PUBLIC} == PUBLIC_PAGES


def test_whoever_is_not_signed_in_is_asked_to_sign_in(world: World) -> None:
    client, corner = Client(), world.own(person())
    found = []
    for url, address in addresses(corner):
        for method in ("get", "post"):
            answer = ask(client, method, address)
            if answer.crash or (url.permission != PUBLIC and not answer.asks_to_sign_in):
                found.append(f"nobody: {method} {url.name}: {answer}, not the sign-in page")
            client.cookies.clear()
    nothing(found)


@pytest.mark.parametrize("role", list(ROLES))
def test_a_role_opens_what_its_permissions_say_and_nothing_else(role: str, world: World) -> None:
    reader, client = signed_in(role, world.own_province)
    own = world.own(reader)
    found = []
    for url, address in addresses(own):
        if url.permission == PUBLIC:
            continue
        answer = ask(client, "get", address)
        opens = holds(role, url)
        if answer.status == 405 and url.permission in {*ROLES[role], SIGNED_IN}:  # it acts only
            answer = ask(client, "post", address)
        if fault := wrong(url, answer, opens):
            found.append(f"{role}: {url.name} {address}: {answer}, {fault}")
    nothing(found)


@pytest.mark.parametrize("role", list(ROLES))
@pytest.mark.parametrize("side", ["beside", "above"])
def test_a_role_opens_nothing_of_a_foreign_unit(role: str, side: str, world: World) -> None:
    """The province beside; and, for a role on a ward, its own province and the other wards."""
    if side == "beside":
        _, client = signed_in(role, world.own_province)
        corner = world.beside()
    else:
        _, client = signed_in(role, unit(under=world.own_province))
        corner = world.above()
    found = []
    for url, address in addresses(corner):
        if url.name not in THINGS or url.permission == PUBLIC:
            continue
        read, acted = (ask(client, method, address) for method in ("get", "post"))
        if read.status not in {404, 405}:
            found.append(f"{role}: get {url.name} {address}: {read}, not 404")
        if acted.status not in {404, 405} or read.status == acted.status == 405:
            found.append(f"{role}: post {url.name} {address}: {acted}, not 404")
    nothing(found)


def test_an_empty_form_is_answered_and_crashes_nothing(world: World) -> None:
    reader, client = signed_in(Role.ADMINISTRATOR, world.own_province)
    nothing(
        [
            f"post {url.name} {address}: {answer}"
            for url, address in addresses(world.own(reader))
            if (answer := ask(client, "post", address)).crash
        ]
    )


def holds(role: str, url: Url) -> bool:
    """Whether the role has the permission of the view, as the table of roles says."""
    wanted = [url.permission, ASKS_ITSELF.get(url.name, SIGNED_IN)]
    return all(one == SIGNED_IN or one in ROLES[role] for one in wanted)


def wrong(url: Url, answer: "Answer", opens: bool) -> str:
    """What is wrong with this answer to a request for one's own thing; "" if nothing."""
    if answer.crash:
        return "the page crashed"
    if not opens:
        return "" if answer.status == 404 else "not 404: the role has no such right"
    if answer.asks_to_sign_in:
        return "signed in already"
    if url.name in MAY_BE_EMPTY:
        return ""
    return "the role has this right" if answer.status in {401, 403, 404, 405} else ""


@dataclass(frozen=True)
class Answer:
    """What came back: a status and where it leads, or the crash in a line."""

    status: int = 0
    location: str = ""
    crash: str = ""

    @property
    def asks_to_sign_in(self) -> bool:
        return self.status == 302 and self.location.startswith(reverse(house.LOGIN_URL))

    def __str__(self) -> str:
        return self.crash or " ".join(filter(None, [str(self.status), self.location]))


def ask(client: Client, method: str, address: str) -> Answer:
    """The answer to one request; what the request did to the database is undone."""
    with transaction.atomic():
        try:
            response = getattr(client, method)(address)
            answer = Answer(response.status_code, response.headers.get("Location", ""))
            for close in response._resource_closers:  # not response.close(): it would end the transaction too
                close()
        except Exception as error:
            where = traceback.extract_tb(error.__traceback__)[-1]
            ours = [one for one in traceback.extract_tb(error.__traceback__) if "/lantoa/" in one.filename]
            place = ours[-1] if ours else where
            answer = Answer(
                crash=f"{type(error).__name__}: {error} ({place.filename.rsplit('/lantoa/')[-1]}:{place.lineno})"
            )
        transaction.set_rollback(True)
    return answer


def addresses(corner: Corner) -> Iterator[tuple[Url, str]]:
    """Every address of the house, with the arguments of this corner."""
    for url in all_urls():
        if url.permission == BY_TOKEN:
            continue  # no session opens it: tests/api/test_rights_of_tokens.py
        if url.name in NOT_OURS or (url.arguments and url.name not in {*THINGS, *NO_UNIT}):
            continue  # the latter is a finding of its own
        make = THINGS.get(url.name) or NO_UNIT.get(url.name)
        yield url, reverse(url.name, kwargs=make(corner) if make else None)


def signed_in(role: str, on: Unit) -> tuple[Person, Client]:
    """A person with an account that has this role on the unit, and their browser."""
    reader = person(at=on)
    account: User = user(role, on=on, is_person=reader)
    client = Client()
    client.force_login(account)
    return reader, client


def nothing(found: list[str]) -> None:
    """Fails with one finding a line."""
    assert not found, "\n" + "\n".join(found)
