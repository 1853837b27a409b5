"""A register of purposes to start from: what an office that trains officials does with personal data, and why.

Data, not law: the desk changes it to what its office really does. Articles are those of Law 91/2025/QH15 on personal
data protection; "without consent" (Article 19) still needs a purpose, a basis and a person to ask.
"""

from dataclasses import dataclass
from typing import Final

LAW: Final = "Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15"


@dataclass(frozen=True)
class Start:
    """A purpose of the register: texts as (Vietnamese, English)."""

    code: str
    ground: str
    basis: str
    data: str
    titles: tuple[str, str]
    texts: tuple[str, str]
    recipients: str = ""
    kept_for: str = ""


REGISTER: Final = (
    Start(
        "training",
        "state_function",
        f"{LAW}, Điều 19; kế hoạch đào tạo, bồi dưỡng của cơ quan",
        "Họ tên, ngày sinh, giới tính, đơn vị, chức vụ, liên hệ công vụ; điểm danh, kết quả học tập",
        ("Tổ chức đào tạo, bồi dưỡng", "Organising training"),
        (
            "Cơ quan dùng dữ liệu của bạn để mở lớp, ghi danh, điểm danh, chấm bài và báo cáo kết quả.",
            "The office uses your data to plan classes, enrol, call the roll, mark and report results.",
        ),
        "Cơ quan tổ chức, đơn vị của học viên, giảng viên của lớp",
        "5 năm sau khi lớp kết thúc; số liệu tổng hợp giữ lâu dài",
    ),
    Start(
        "certificates",
        "legal_duty",
        "Luật Lưu trữ 33/2024/QH15; quy chế cấp chứng nhận của cơ quan",
        "Họ tên, ngày sinh, đơn vị, số chứng nhận",
        ("Sổ cấp chứng nhận", "Register of certificates"),
        (
            "Chứng nhận đã cấp được ghi vào sổ để ai cũng kiểm tra được thật hay giả.",
            "Certificates issued stand in a register, so that anyone can check whether one is genuine.",
        ),
        "Người có tờ chứng nhận trong tay",
        "Lâu dài; khi chủ thể yêu cầu xóa thì giữ số, bỏ tên",
    ),
    Start(
        "security",
        "legal_duty",
        "Luật An ninh mạng 116/2025/QH15; Nghị định 85/2016/NĐ-CP",
        "Mã tài khoản, thời điểm, việc đã làm (không có họ tên)",
        ("Nhật ký và an toàn hệ thống", "Ledger and security"),
        (
            "Việc làm trong hệ thống được ghi lại bằng mã để biết ai đã làm gì.",
            "What is done in the system is written down by key, so that it is known who did what.",
        ),
        "Người kiểm tra, cơ quan có thẩm quyền",
        "Lâu dài, chỉ gồm mã",
    ),
    Start(
        "notices",
        "consent",
        f"{LAW}, Điều 9",
        "Số điện thoại, thư điện tử, Zalo cá nhân",
        ("Nhắc lịch và báo tin qua điện thoại, Zalo, thư điện tử", "Reminders by telephone, Zalo, e-mail"),
        (
            "Tôi đồng ý để cơ quan dùng số điện thoại, Zalo và thư điện tử cá nhân của tôi để nhắc lịch học và báo "
            "tin về lớp. Tôi có thể rút lại bất cứ lúc nào; khi đó cơ quan chỉ báo qua đơn vị.",
            "I agree that the office uses my own telephone number, Zalo and e-mail to remind me of meetings and to "
            "send news of my class. I can withdraw at any time; then the office writes to my unit only.",
        ),
        "Nhà cung cấp dịch vụ nhắn tin theo hợp đồng",
        "Đến khi rút lại đồng ý",
    ),
    Start(
        "follow-up",
        "consent",
        f"{LAW}, Điều 9",
        "Câu trả lời khảo sát sau khóa học",
        ("Hỏi lại sau 3 và 6 tháng", "Asking again after 3 and 6 months"),
        (
            "Tôi đồng ý để cơ quan hỏi tôi sau 3 và 6 tháng xem điều đã học có dùng được trong công việc không. "
            "Tôi có thể không trả lời và rút lại bất cứ lúc nào.",
            "I agree that the office asks me after 3 and 6 months whether what I learned is used at work. I need not "
            "answer and can withdraw at any time.",
        ),
        "Cơ quan tổ chức",
        "2 năm",
    ),
    Start(
        "open-classes",
        "consent",
        f"{LAW}, Điều 9",
        "Họ tên, năm sinh, số điện thoại, địa bàn",
        ("Người dân, doanh nghiệp đăng ký lớp mở", "Citizens and businesses joining open classes"),
        (
            "Tôi đồng ý để cơ quan dùng họ tên, năm sinh, số điện thoại và địa bàn của tôi để xếp tôi vào lớp mở mà "
            "tôi đăng ký. Dữ liệu bị xóa khi tôi rút lại đồng ý.",
            "I agree that the office uses my name, year of birth, telephone number and place to give me a seat in "
            "the open class I ask for. The data are deleted when I withdraw.",
        ),
        "Cơ quan tổ chức, giảng viên của lớp",
        "1 năm sau khi lớp kết thúc",
    ),
)
