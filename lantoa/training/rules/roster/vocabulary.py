"""The headers above the columns of rosters, as Vietnamese offices write them, and in English.

Headers are folded ("Họ và tên" is "ho va ten"), the most telling first. Two-row headers are joined ("nam sinh nam"
is "Nam" under "Năm sinh").
"""

from lantoa.common.refused import N_
from lantoa.office.rules.sheets import Field, Vocabulary


def _list(text: str) -> list[str]:
    return [" ".join(header.split()) for header in text.split("|")]


_UNDER = _list("nam sinh|ngay sinh|ngay thang nam sinh|gioi tinh|sinh nam|sinh ngay|sinh|phai")


def _under(*lower: str) -> list[str]:
    return [f"{upper} {word}" for upper in _UNDER for word in lower]


_FIELDS = {
    "number": Field(N_("running number"), _list("stt|so tt|so thu tu|tt|no|order"), exact=True),
    "full_name": Field(
        N_("full name"),
        _list(
            """ho va ten|ho ten|ho va ten hoc vien|ho ten hoc vien|ho va ten can bo|ho va chu dem va ten
            |ho chu dem va ten|ho ten khai sinh|ho va ten khai sinh|hoc vien|ten hoc vien|ho ten can bo
            |ho va ten dai bieu|can bo cong chuc|full name|name|fullname|participant|learner|participant name
            |student name"""
        ),
        joined=True,
    ),
    "family_name": Field(
        N_("family and middle name"),
        _list(
            """ho va ten dem|ho ten dem|ho dem|ho va dem|ho lot|ho va chu lot|ho chu lot|ho va lot|ho va chu dem|ho
            |ho va ten lot|last name|family name|surname"""
        ),
        exact=True,
    ),
    "middle_name": Field(N_("middle name"), _list("ten dem|dem|chu lot|ten lot|middle name"), exact=True),
    "given_name": Field(N_("given name"), _list("ten|first name|given name|ten goi"), exact=True),
    "birth": Field(
        N_("birth date"),
        _list(
            """ngay sinh|ngay thang nam sinh|nam sinh|ngay thang sinh|sinh ngay|ngay nam sinh|thang nam sinh
            |sinh nam|date of birth|birth date|birthday|year of birth|birth year|dob"""
        ),
    ),
    "birth_day": Field(N_("day of birth"), _under("ngay"), exact=True),
    "birth_month": Field(N_("month of birth"), _under("thang"), exact=True),
    "male": Field(N_("male"), [*_under("nam"), "nam", "male"], exact=True),
    "female": Field(N_("female"), [*_under("nu"), "nu", "female"], exact=True),
    "gender": Field(N_("gender"), _list("gioi tinh|nam nu|phai|gt|gender|sex"), exact=True),
    "post": Field(
        N_("post"),
        _list(
            """chuc vu|chuc danh|chuc vu chuc danh|chuc danh chuc vu|chuc vu cong tac|vi tri viec lam
            |vi tri cong tac|nhiem vu|chuc vu hien tai|cong viec|position|job title|post|title"""
        ),
        spread=True,
    ),
    "unit": Field(
        N_("unit"),
        _list(
            """don vi cong tac|don vi|co quan don vi|co quan|noi cong tac|co quan cong tac|ten don vi|don vi cu
            |co quan don vi cong tac|phong ban|to chuc|unit|organisation|organization|office|department|agency
            |workplace"""
        ),
        spread=True,
    ),
    "commune": Field(
        N_("commune"),
        _list(
            """xa phuong thi tran|xa phuong|phuong xa|phuong xa thi tran|xa phuong dac khu|xa thi tran|xa|phuong
            |xa phuong tt|ten xa|ten phuong|commune|ward"""
        ),
        exact=True,
        spread=True,
    ),
    "district": Field(
        N_("district"),
        _list(
            """huyen|quan huyen|huyen quan|quan|huyen thanh pho|huyen thi xa|quan huyen thi xa
            |huyen thi xa thanh pho|quan huyen thi xa thanh pho|quan huyen tp|huyen tp|district"""
        ),
        exact=True,
        spread=True,
    ),
    "province": Field(
        N_("province"),
        _list("tinh|tinh thanh pho|tinh thanh|tinh tp|thanh pho|province|city|province city"),
        exact=True,
        spread=True,
    ),
    "id_number": Field(
        N_("identity number"),
        _list(
            """cccd|so cccd|can cuoc cong dan|so can cuoc cong dan|so can cuoc|can cuoc|so dinh danh
            |so dinh danh ca nhan|ma dinh danh|cmnd cccd|cccd cmnd|so cmnd cccd|so cccd cmnd|cmnd|so cmnd
            |chung minh nhan dan|so chung minh nhan dan|cmt|so cmt|cmtnd|cccd cc|so cc|identity number|id number
            |id card|citizen id|identity card"""
        ),
    ),
    "phone": Field(
        N_("telephone"),
        _list(
            """dien thoai|so dien thoai|sdt|dtdd|dien thoai di dong|di dong|so dien thoai di dong|so dt|dt
            |dien thoai lien he|so dtdd|so di dong|zalo|phone|telephone|mobile|phone number|mobile phone|tel
            |cell phone"""
        ),
    ),
    "email": Field(
        N_("e-mail"),
        _list(
            """email|thu dien tu|e mail|hop thu dien tu|dia chi email|dia chi thu dien tu|hop thu|mail
            |thu dien tu cong vu|email cong vu|email address|gmail"""
        ),
    ),
    "class_code": Field(
        N_("class"),
        _list("lop|ma lop|lop hoc|ten lop|lop so|dang ky lop|class|class code|course"),
        exact=True,
        spread=True,
    ),
    "note": Field(N_("note"), _list("ghi chu|chu thich|note|notes|remark|remarks"), exact=True),
}

_HEADINGS = _list(
    """phường|xã|thị trấn|thị xã|tt.|ubnd|ủy ban|hđnd|hội đồng|phòng|đơn vị|tổ|lớp|khối|trường|sở|quận|huyện|tỉnh
    |thành phố|tp|đảng ủy|đảng bộ|huyện ủy|quận ủy|thành ủy|tỉnh ủy|đoàn thanh niên|hội liên hiệp|hội nông dân
    |hội phụ nữ|hội cựu chiến binh|trung tâm|công an|công đoàn|công ty|chi cục|chi bộ|chi nhánh|văn phòng|nhóm
    |khu phố|cơ quan|đặc khu|tòa án|viện|bệnh viện|trạm|mttq|mặt trận|ban quản lý|ban chỉ huy|ban dân vận
    |ban tổ chức|ban tuyên giáo|ban chấp hành|class|unit|ward|commune|group"""
)

VOCABULARY = Vocabulary(
    fields=_FIELDS,
    needed=[frozenset({"full_name"}), frozenset({"family_name", "given_name"}), frozenset({"given_name"})],
    named_by=["full_name", "family_name", "given_name"],
    headings=_HEADINGS,
)
