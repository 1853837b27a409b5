"""The door for other systems: tokens, resources to read and write, exports of whole rooms, events sent on."""
