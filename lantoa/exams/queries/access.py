"""Who reaches a bank: by its own unit, or by a share; and the permissions that pages of the room ask for."""

VIEW = "exams.view"
KEYS = "exams.view_keys"
MANAGE = "exams.manage"
