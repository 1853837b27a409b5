"""How pages look: the reader's text size and colours, and one page that shows every component."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import set_language

from lantoa.common.forms import Form
from lantoa.common.pictures import Bar, Lane, Tick, UnitBox, bars, life_line, share_bar, timeline
from lantoa.common.templatetags.lantoa import TEXT_SIZES, THEMES
from lantoa.directory.access import needs
from lantoa.directory.permissions import PUBLIC

YEAR = 365 * 24 * 60 * 60


@needs(PUBLIC)
@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """Keeps a text size or a theme on this device (cookies `look_text`, `look_theme`) and goes back to the page.

    What is not offered is not kept; an address of another site is not followed.
    """
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = "/"
    answer = HttpResponseRedirect(back)
    for name, offered in (("text", TEXT_SIZES), ("theme", THEMES)):
        value = request.POST.get(name, "")
        if value in offered:
            # look.js writes the same cookie, so it is not hidden from scripts
            answer.set_cookie(f"look_{name}", value, max_age=YEAR, samesite="Lax", secure=request.is_secure())
    return answer


@needs(PUBLIC)
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Django's language switch, open to those who are not signed in: keeps `language` and goes to `next`."""
    return set_language(request)


@needs(PUBLIC)
@require_safe
def style(request: HttpRequest) -> HttpResponse:
    """Every component with sample arguments; the list of arguments is docs/look.md."""
    if "said" in request.GET:
        messages.success(request, _("40 people were enrolled in class Q9-1."))
    return render(request, "web/style.html", samples(request))


class SampleForm(Form):
    """One field of each kind."""

    name = forms.CharField(label="Họ và tên", help_text="Như trong giấy khai sinh, họ viết trước.")
    born = forms.DateField(label="Ngày sinh", help_text="Ví dụ 05/10/1978", required=False)
    day = forms.DateField(label="Ngày khai giảng", widget=forms.SelectDateWidget(years=range(2020, 2028)))
    unit = forms.ChoiceField(
        label="Đơn vị", choices=[("", ""), ("1", "Phường Phước Long A"), ("2", "Phường Tân Phú")]
    )
    kind = forms.ChoiceField(
        label="Hình thức", choices=[("place", "Tại lớp"), ("online", "Trực tuyến")], widget=forms.RadioSelect
    )
    topics = forms.MultipleChoiceField(
        label="Chuyên đề",
        choices=[("1", "Chính quyền số"), ("2", "An toàn thông tin"), ("3", "Dữ liệu mở")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    note = forms.CharField(label="Ghi chú", widget=forms.Textarea, required=False)
    roster = forms.FileField(label="Danh sách học viên", help_text="Tệp .xlsx, .xls, .ods hoặc .csv, tối đa 20 MB.")
    sure = forms.BooleanField(label="Tôi đã kiểm tra danh sách", help_text="Bắt buộc trước khi gửi.")


class SampleFilter(Form):
    """What a list can be narrowed by."""

    q = forms.CharField(label="Tìm theo tên", required=False)
    state = forms.ChoiceField(
        label="Trạng thái", choices=[("", "Tất cả"), ("late", "Trễ hạn"), ("done", "Đã xong")], required=False
    )


def samples(request: HttpRequest) -> dict[str, Any]:
    """Invented content for the style page."""
    start = date(2020, 10, 1)
    today = date(2020, 11, 18)
    lanes = [
        Lane(
            f"Lớp Q9-{number}",
            [
                Tick(
                    day := start + timedelta(days=4 + number + 7 * week),
                    "missed" if (number, week) == (3, 4) else "held" if day < today else "planned",
                    f"{day:%d/%m/%Y}",
                )
                for week in range(12)
            ],
            url="#timeline",
        )
        for number in range(1, 5)
    ]
    filled = SampleForm({"name": "", "born": "31/02/1978", "kind": "", "topics": ["1"], "unit": "9"})
    return {
        "on": today,
        "moment": datetime(2020, 11, 18, 6, 30, tzinfo=UTC),
        "sample": SampleForm(),
        "wrong": filled,
        "filter": SampleFilter(request.GET),
        "page": Paginator([f"Nguyễn Văn {n}" for n in range(1, 1235)], 50).get_page(request.GET.get("page")),
        "people": ["Nguyễn Thị An", "Trần Văn Bình", "Lê Hoàng Phước Ữ"],
        "crumbs": [{"label": "Chương trình", "url": "#"}, {"label": "Quận 9, năm 2020", "url": "#"}],
        "columns": [{"label": "Lớp"}, {"label": "Học viên", "number": True}, {"label": "Trạng thái"}],
        "rows": [
            [{"text": "Q9-1", "url": "#"}, 1240, {"kind": "ok", "text": "đã xong"}],
            [{"text": "Q9-2", "url": "#"}, 38, {"kind": "late", "text": "trễ hạn"}],
        ],
        "facts": [
            {"key": "Quyết định", "value": "123/QĐ-UBND", "url": "#", "change_url": "#"},
            {"key": "Thời gian", "value": "01/10/2020 – 31/12/2020", "change_url": "#"},
            {"key": "Đơn vị chủ trì", "value": "Ủy ban nhân dân Quận 9\nThành phố Hồ Chí Minh"},
        ],
        "tasks": [
            {"title": "Nạp danh sách học viên", "url": "#", "kind": "ok", "word": "đã xong"},
            {"title": "Xếp lịch học", "url": "#", "hint": "31 trên 64 buổi", "kind": "now", "word": "đang làm"},
            {"title": "Hai đơn vị chưa cử người", "url": "#", "kind": "late", "word": "trễ hạn"},
            {"title": "Duyệt kế hoạch bài thu hoạch", "url": "#", "kind": "wait", "word": "chờ duyệt"},
            {"title": "Cấp chứng nhận", "kind": "none", "word": "chưa bắt đầu"},
        ],
        "tabs": [
            {"label": "Lớp", "url": "#", "current": True, "count": 4},
            {"label": "Đơn vị", "url": "#", "count": 13},
            {"label": "Tài liệu", "url": "#"},
        ],
        "steps": [{"label": "Chọn tệp", "url": "#"}, {"label": "Xem trước"}, {"label": "Nạp vào"}],
        "consequences": [
            "40 học viên của lớp Q9-1 bị rút khỏi lớp.",
            "16 buổi điểm danh của lớp được giữ lại trong sổ.",
        ],
        "timeline": timeline(
            lanes,
            start=start,
            end=date(2021, 1, 1),
            today=today,
            title="Lịch của bốn lớp",
            description="Bốn lớp, mười hai buổi mỗi lớp, từ 01/10/2020 đến 31/12/2020; lớp Q9-3 bỏ một buổi.",
            today_word="18/11",
            month_word=lambda day: f"{day:%m/%Y}",
        ),
        "bars": bars(
            [
                Bar("Phường Phước Long A", 0.96, "96%", "#"),
                Bar("Phường Tăng Nhơn Phú B", 0.71, "71%", "#"),
                Bar("Phường Long Thạnh Mỹ", 0.0, "0%", "#"),
            ],
            title="Tỷ lệ có mặt theo phường",
            description="Cao nhất Phước Long A 96%, thấp nhất Long Thạnh Mỹ 0%.",
            most=1,
        ),
        "share": share_bar(
            [
                Bar("Hoàn thành", 148, "148", kind="s3"),
                Bar("Đang học", 9, "9", kind="s1"),
                Bar("Bỏ học", 3, "3", kind="s2"),
            ],
            title="160 học viên",
            description="148 hoàn thành, 9 đang học, 3 bỏ học.",
        ),
        "life": life_line(
            [
                UnitBox("Quận 2", "đến 31/12/2020", "#"),
                UnitBox("Quận 9", "đến 31/12/2020", "#"),
                UnitBox("Quận Thủ Đức", "đến 31/12/2020", "#"),
            ],
            UnitBox("Thành phố Thủ Đức", "01/01/2021 – 30/06/2025"),
            [
                UnitBox(f"Phường {name}", "từ 01/07/2025", "#")
                for name in ("Hiệp Bình", "Thủ Đức", "Tam Bình", "Linh Xuân")
            ]
            + [UnitBox("Phường khác", "từ 01/07/2025", "#")] * 8,
            title="Thành phố Thủ Đức qua thời gian",
            description="Lập từ ba quận năm 2021, chia thành mười hai phường năm 2025.",
            more=lambda rest: f"và {rest} phường khác",
        ),
    }


urlpatterns: list[URLPattern] = [
    path("language/", language, name="language"),
    path("look/", look, name="look"),
    path("style/", style, name="style"),
]
