"""What the offline page says, in both languages at once: it is opened without us, so it carries its own
translation.

The pairs are English and Vietnamese; those of states and reasons are the sentences that `trust` marks for
translation.
"""

from typing import Final

from .trust import REASON_WORDS, STATE_WORDS

VIETNAMESE: Final[dict[str, str]] = {
    "This certificate is genuine and in force.": "Chứng nhận này là thật và đang có hiệu lực.",
    "This certificate was revoked.": "Chứng nhận này đã bị thu hồi.",
    "It cannot be checked: the key that signed it is not known here.": (
        "Không kiểm tra được: trang này không có khóa đã ký chứng nhận."
    ),
    "Not valid: the key that signed it was not in use on the day of issue.": (
        "Không hợp lệ: khóa đã ký không được dùng vào ngày cấp chứng nhận."
    ),
    "Not valid: the code is broken or was changed.": "Không hợp lệ: mã bị hỏng hoặc đã bị sửa.",
    "issued by mistake": "cấp nhầm",
    "replaced by another certificate": "đã cấp chứng nhận khác thay thế",
    "withdrawn by decision": "thu hồi theo quyết định",
    "obtained by fraud": "có được do gian dối",
}

PAGE: Final[dict[str, tuple[str, str]]] = {
    "title": ("Check a certificate", "Kiểm tra chứng nhận"),
    "intro": (
        "This page works without a network. Nothing that you enter leaves this device.",
        "Trang này hoạt động khi không có mạng. Những gì bạn nhập không rời khỏi thiết bị này.",
    ),
    "too_old": (
        "This browser is too old to check certificates, or has scripts turned off. Please use a newer one.",
        "Trình duyệt này quá cũ hoặc đã tắt JavaScript nên không kiểm tra được. Hãy dùng trình duyệt mới hơn.",
    ),
    "code": ("Code or address from the QR", "Mã hoặc địa chỉ đọc từ mã QR"),
    "check": ("Check", "Kiểm tra"),
    "camera": ("Use the camera", "Dùng máy ảnh"),
    "no_camera": (
        "The camera cannot be used here. Read the QR with another app and paste the text.",
        "Không dùng được máy ảnh ở đây. Hãy đọc mã QR bằng ứng dụng khác rồi dán nội dung vào ô trên.",
    ),
    "nothing": ("Paste the code of the certificate first.", "Hãy dán mã của chứng nhận trước."),
    "as_of": (
        "According to the list of revocations of %(day)s.",
        "Theo danh sách thu hồi lập ngày %(day)s.",
    ),
    "list_of": (
        "Revocations are known up to %(day)s. A later revocation is not seen here.",
        "Danh sách thu hồi được lập ngày %(day)s. Trang này không biết các quyết định thu hồi sau ngày đó.",
    ),
    "list_old": (
        "This list is %(days)s days old. Load a newer list or check on the public page.",
        "Danh sách này đã cũ %(days)s ngày. Hãy nạp danh sách mới hơn hoặc kiểm tra trên trang công khai.",
    ),
    "list_refused": (
        "This file is not a list of revocations that we signed. The list in use stays.",
        "Tệp này không phải danh sách thu hồi do chúng tôi ký. Danh sách đang dùng được giữ nguyên.",
    ),
    "list_older": (
        "This list is older than the one in use, which stays.",
        "Danh sách này cũ hơn danh sách đang dùng. Danh sách đang dùng được giữ nguyên.",
    ),
    "newer": ("Load a newer list of revocations (a file)", "Nạp danh sách thu hồi mới hơn (tệp)"),
    "keys": ("Signing keys known here", "Các khóa ký có trong trang này"),
    "revoked_on": ("Revoked on %(day)s:", "Thu hồi ngày %(day)s:"),
    "demonstration": (
        "Made for a demonstration: the person is invented.",
        "Bản minh họa: người được cấp là nhân vật hư cấu.",
    ),
    "not_proven": ("What follows is not proven.", "Những nội dung dưới đây chưa được chứng thực."),
    "name": ("Name", "Họ và tên"),
    "course": ("Course", "Khóa học"),
    "issuer": ("Issued by", "Cơ quan cấp"),
    "issued": ("Day of issue", "Ngày cấp"),
    "number": ("Number", "Số"),
    **{state.value: (words, VIETNAMESE[words]) for state, words in STATE_WORDS.items()},
    **{reason.value: (words, VIETNAMESE[words]) for reason, words in REASON_WORDS.items()},
}
