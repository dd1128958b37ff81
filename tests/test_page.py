"""kb/reading/page.py: what the agencies' pages say of themselves, what counts as their text, and what they link."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.model import Status
from kb.normalise import fold
from kb.reading.page import GENERIC, Attachment, Page, read_page

PAGES = Path(__file__).resolve().parents[2] / "shared" / "pages"
real = pytest.mark.skipif(not PAGES.is_dir(), reason="recorded pages are not here")
MIIT_URL = "https://www.miit.gov.cn/zwgk/zcwj/wjfb/tz/art/2026/art_0.html"
FILES = "/cms_files/filemanager/1226211233/attach/20269"

MIIT = """<html><head><meta name="ArticleTitle" content="示例通知"><meta name="PubDate" content="2026-09-02 15:33">
<meta name="MakeTime" content="{made}"></head><body><h1 id="con_title">示例通知</h1>
<div class="xxgk-box"><p><span class="xxgk-span1">发文机关：</span><span>工业和信息化部　国家互联网信息办公室</span></p>
<p><span class="xxgk-span1">标　　题：</span><span>示例通知</span></p>
<p><span class="xxgk-span1">发文字号：</span><span>工信示例﹝2026﹞ 7号</span></p>
<p><span class="xxgk-span1">成文日期：</span><span>2026年8月28日</span></p>
<p><span class="xxgk-span1">发布日期：</span><span>2026-09-01</span></p></div>
<span id="con_time">发布时间：2026-09-02 09:12</span>
<div id="con_con"><p>各有关单位：</p><p>现将示例印发给你们。</p>{links}</div>
<script>var t="{made}"</script></body></html>"""
CAC = """<html><head><title>示例规定_网信办</title></head><body><h1 class="title">
示例规定
</h1><span id="pubtime">
2026年07月29日 18:00
</span><div id="dyjc"><a id="print">【打印】</a></div>
<DIV id=BodyLabel><p>第一条　示例。</p>{body}</DIV><div class="zwfenye">{more}</div>
<div style='display:none'>Produced By CMS 网站群内容管理系统 publishdate:{made}</div></body></html>"""
NDA = """<html><head><meta name="ColumnType"content="x"><meta name="PubDate" content="2026.07.08"></head><body>
<div class="detail"><h1>示例意见</h1><ul class="shezhi"><li>2026.07.08</li><li class="source">来源：</li></ul>
<div class="article">　　一、总体要求<br><b>（一）</b>示例。{more}
<div class="filelist"><dl><dt>附件：</dt><dd>{files}</dd></dl></div></div></div></body></html>"""


def miit(links: str = "", made: str = "2026-09-03 08:00:00") -> Page:
    return read_page(MIIT.format(links=links, made=made).encode(), MIIT_URL)


def cac(body: str = "", more: str = "", made: str = "2026/07/29 18:00:01") -> Page:
    url = "https://www.cac.gov.cn/2026-07/29/c_1.htm"
    return read_page(CAC.format(body=body, more=more, made=made).encode(), url)


def nda(files: str = "", more: str = "") -> Page:
    url = "https://www.nda.gov.cn/sjj/zwgk/zcfb/0708/20260708133949899211227_pc.html"
    return read_page(NDA.format(files=files, more=more).encode(), url)


@real
def test_the_real_miit_consultation() -> None:
    page = read_page((PAGES / "miit/miit_consult_2026-09-14_art_ebc8c235_trimmed.html").read_bytes(), MIIT_URL)
    assert (page.shape, page.published, page.doc_number) == ("miit", "2026-09-14", None)
    assert page.title == "公开征求对《中华人民共和国无线电频率划分规定（征求意见稿）》的意见"
    [annex] = page.attachments
    assert annex.url.endswith("/attach/20269/2d8db4c8e8a940009b16a4fd0a6d68e7.pdf")
    assert "请于2026年10月14日前反馈意见" in page.document.body


@real
def test_the_real_cac_pages() -> None:
    article = read_page((PAGES / "cac/cac_article_2019-12-20_c_1578375159509309.html").read_bytes())
    assert (article.shape, article.title, article.published) == ("cac", "网络信息内容生态治理规定", "2019-12-20")
    assert article.attachments == ()
    assert article.significant.startswith("国家互联网信息办公室令第5号")
    assert article.significant.endswith("第四十二条本规定自2020年3月1日起施行。")
    url = "https://www.cac.gov.cn/2026-06/26/c_1784217637474922.htm"
    consultation = read_page((PAGES / "cac/cac_consult_2026-06-26_c_1784217637474922_trimmed.htm").read_bytes(), url)
    assert [annex.name for annex in consultation.attachments] == [
        "政务移动互联网应用程序管理要求（征求意见稿）",
        "编制说明",
        "强制性国家标准反馈意见表",
    ]
    assert all("downloadfile.jsp?filepath=" in annex.url for annex in consultation.attachments)


@real
def test_the_real_nda_page_has_an_empty_file_list_and_a_picture_as_annex() -> None:
    path = PAGES / "nda/nda_article_zcfb_20260708133949899211227_excerpt.html"
    page = read_page(path.read_bytes(), "https://www.nda.gov.cn/sjj/zwgk/zcfb/0708/20260708133949899211227_pc.html")
    assert (page.shape, page.published) == ("nda", "2026-07-08")
    assert "人社部发〔2026〕40号" in page.significant
    assert [annex.url.rpartition("-")[2] for annex in page.attachments] == ["06ec.png"]
    assert "打印" not in page.significant


def test_the_policy_table_goes_before_what_else_the_page_says() -> None:
    page = miit()
    assert page.doc_number == "工信示例〔2026〕7号"
    assert (page.signed, page.published) == ("2026-08-28", "2026-09-01")
    assert page.agencies == ("miit", "cac")


def test_without_the_table_the_shown_time_counts_and_never_the_time_of_making() -> None:
    bare = MIIT[: MIIT.index('<div class="xxgk-box">')] + MIIT[MIIT.index('<span id="con_time">') :]
    page = read_page(bare.format(links="", made="2027-01-01").encode(), MIIT_URL)
    assert (page.published, page.signed, page.doc_number, page.agencies) == ("2026-09-02", None, None, ())
    without_time = bare.replace("发布时间：2026-09-02 09:12", "")
    page = read_page(without_time.format(links="", made="2027-01-01").encode(), MIIT_URL)
    assert page.published == "2026-09-02"  # PubDate, not MakeTime


def test_stamps_scripts_and_print_bars_change_nothing() -> None:
    assert miit(made="2026-09-03").significant == miit(made="2031-01-01").significant
    assert cac(made="2026/07/29 18:00:01").significant == cac(made="2031/01/01 00:00:00").significant == "第一条示例。"
    assert nda(files="").significant == nda(files='<a href="/a.pdf">附件一</a>').significant


def test_a_changed_word_is_significant_and_changed_blanks_are_not() -> None:
    assert cac("<p>满1年。</p>").significant != cac("<p>满2年。</p>").significant
    assert cac("<p>满 1&nbsp;年。</p>").significant == cac("<p>满１年。</p>").significant
    assert cac().significant == fold(cac().document.body)


def test_a_file_linked_twice_is_one_annex() -> None:
    link = f'<a href="{FILES}/a.pdf">附件：示例.pdf</a>'
    viewer = f'<iframe src="/pdf/viewer.html?file={FILES}/a.pdf#page=1"></iframe>'
    page = miit(link + link + viewer)
    assert page.attachments == (Attachment(f"https://www.miit.gov.cn{FILES}/a.pdf", "附件：示例.pdf"),)


@pytest.mark.parametrize("key", ["file", "fileurl"])
def test_a_file_that_only_a_viewer_shows_is_an_annex(key: str) -> None:
    page = miit(f'<iframe src="https://www.miit.gov.cn/v.html?x=1&{key}=https%3A%2F%2Fwww.miit.gov.cn{FILES}/b.pdf">')
    assert page.attachments == (Attachment(f"https://www.miit.gov.cn{FILES}/b.pdf", "b.pdf"),)


def test_a_download_without_words_is_named_by_its_address() -> None:
    page = cac('<a href="/cms/pub/interact/downloadfile.jsp?filepath=x/Y=&fText=%E9%99%84%E5%BD%95"><img></a>')
    assert [annex.name for annex in page.attachments] == ["附录"]
    assert page.attachments[0].url.startswith("https://www.cac.gov.cn/cms/pub/interact/downloadfile.jsp?filepath=x/Y=")


def test_files_of_the_list_and_of_the_body_are_annexes_and_other_links_are_not() -> None:
    listed = '<a href="/sjj/zwgk/zcfb/0708/ff808081-1.docx">附件1</a>'
    page = nda(listed, more='<a href="a.PDF">细则</a><a href="/sjj/x.html">链接</a><a href="mailto:a@b.cn">信箱</a>')
    assert [annex.url.rpartition("/")[2] for annex in page.attachments] == ["ff808081-1.docx", "a.PDF"]
    assert nda().attachments == ()


@pytest.mark.parametrize(
    "link",
    [
        '<a href="/module/download/downfile.jsp?classid=0&filename=ab12.PDF">下载</a>',
        '<a href="/attach/0a1b2c">附件1.docx</a>',
        '<a href="/attach/0a1b2c">附件：示例表</a>',
        '<a href="/attach/0a1b2c" download>示例表</a>',
        '<iframe src="/x/a.pdf"></iframe>',
        '<object data="/x/a.pdf"></object>',
        '<iframe src="/web/viewer.html?fileUrl=%2Fx%2Fa#page=1"></iframe>',
        '<iframe src="/preview?src=%2Fx%2Fa.pdf"></iframe>',
    ],
)
def test_a_file_is_known_by_its_address_its_name_its_words_or_its_frame(link: str) -> None:
    assert [len(page.attachments) for page in (miit(link), cac(link), nda(more=link))] == [1, 1, 1]


@pytest.mark.parametrize(
    "link",
    [
        '<a href="#fj">附件</a>',
        '<a href="/art_1.html">附件一的解读</a>',
        '<a href="">附件</a>',
        '<iframe src="/map.html">',
        '<a href="javascript:void(0)">附件1.pdf</a>',
        '<a href="/">附件</a>',
    ],
)
def test_a_link_to_another_page_or_place_is_no_annex(link: str) -> None:
    assert miit(link).attachments == ()


def test_a_link_that_is_no_address_is_no_annex() -> None:
    page = miit('<a href="http://[::1/a.pdf">甲</a><a href="javascript:x/cms_files/filemanager/a.pdf">乙</a><a>丙</a>')
    assert page.attachments == ()


def test_a_page_that_only_wraps_a_file_is_not_empty() -> None:
    words = MIIT.replace("<p>各有关单位：</p><p>现将示例印发给你们。</p>", "")
    page = read_page(words.format(made="", links=f'<iframe src="/v?file={FILES}/c.pdf">').encode(), MIIT_URL)
    assert page.document.status is Status.READ
    assert "attached" in page.document.detail


def test_further_pages_of_a_text_are_listed_as_lost() -> None:
    page = cac(more='<a href="c_1_2.htm">2</a><a href="c_1_3.htm">3</a><a href="c_1_2.htm">下一页</a>')
    assert page.document.status is Status.PARTLY
    assert "2 further pages" in page.document.losses[0]
    assert cac().document.losses == ()


def test_a_page_of_no_known_shape_is_read_as_it_is() -> None:
    page = read_page(
        '<h1>示例</h1><p>正文。</p><div style="display:none">戳</div><a href="a.ofd">甲</a>'.encode(), MIIT_URL
    )
    assert (page.shape, page.title, page.published) == (GENERIC, "示例", None)
    assert "戳" not in page.significant
    assert [annex.name for annex in page.attachments] == ["甲"]


def test_a_saved_page_without_its_url_keeps_its_shape_and_its_whole_links() -> None:
    page = read_page(MIIT.format(made="", links=f'<a href="{FILES}/a.pdf">甲</a>').encode())
    assert page.shape == "miit"
    assert page.attachments == ()
    whole = f'<a href="https://www.miit.gov.cn{FILES}/a.pdf">甲</a>'
    assert len(read_page(MIIT.format(made="", links=whole).encode()).attachments) == 1


def test_gb18030_is_read_like_utf_8() -> None:
    text = CAC.format(body="<p>镕㐀</p>", more="", made="")
    assert read_page(text.encode("gb18030")).significant == read_page(text.encode()).significant


@pytest.mark.parametrize("data", [b"", b"\x00\xff\xfe", b"<", b"<html" * 5000, b"<div id=con_con>" * 900])
def test_bytes_that_are_no_page_raise_nothing(data: bytes) -> None:
    assert read_page(data, MIIT_URL).attachments == ()


def test_of_a_page_that_links_files_without_end_the_first_are_read_and_the_rest_is_said() -> None:
    links = "".join(f'<a href="f{number}.pdf">f</a>' for number in range(20_000))
    page = read_page(
        f"<html><body><p>某某数据示例办法</p>{links}</body></html>".encode(), "https://www.nda.gov.cn/a.html"
    )
    assert (len(page.attachments), page.document.status) == (300, Status.PARTLY)
    assert "it links 20,000 files" in page.document.losses[0]
