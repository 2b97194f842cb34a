"""Makes the files that newsrooms keep, as the programs that write them build them."""

import io
import zipfile

WORD_XML = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
ODF_XML = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" '
    'xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"'
)


def make_zip(members, **options):
    """A ZIP of names and bytes or texts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, **options) as packed:
        for name, data in members.items():
            packed.writestr(name, data)
    return stream.getvalue()


def make_pdf(*pages, title="", extra=b"", trailer=b""):
    """A PDF of pages, each a list of (x, y, size, text), in Helvetica by Windows-1252."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"", b"<< /Type /Font /Subtype /Type1 "
               b"/BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"]  # fmt: skip
    kids = []
    for lines in pages:
        shown = b"\n".join(
            b"BT /F1 %d Tf 1 0 0 1 %d %d Tm (%s) Tj ET" % (size, x, y, escape(text))
            for x, y, size, text in lines
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(shown), shown))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> %s >> >>" % (len(objects), extra)
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
    objects.append(b"<< /Title (%s) /CreationDate (D:20260301120000) >>" % escape(title))
    out = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R /Info %d 0 R %s >>\n"
        b"startxref\n%d\n%%%%EOF\n"
        % (len(objects) + 1, table, len(objects) + 1, len(objects), trailer, len(out))
    )


def escape(text):
    return text.encode("cp1252").replace(b"\\", rb"\\").replace(b"(", rb"\(").replace(b")", rb"\)")


def set_lines(x, y, lines, size=10, step=12):
    """Lines of a column of a page, from the height `y` down."""
    return [(x, y - step * number, size, line) for number, line in enumerate(lines)]


def make_docx(body, title=""):
    """A Word document of the XML of its body."""
    from docx import Document
    from docx.oxml import parse_xml

    document = Document()
    document.core_properties.title = title
    old = document.element.body
    new = parse_xml(f"<w:body {WORD_XML}>{body}</w:body>")
    old.clear()
    old.extend(list(new))
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def make_odt(body, title="", flat=False):
    """An OpenDocument text of the XML of its body."""
    meta = f"<office:meta><dc:title>{title}</dc:title></office:meta>"
    text = f"<office:body><office:text>{body}</office:text></office:body>"
    if flat:
        return f'<?xml version="1.0"?><office:document {ODF_XML}>{meta}{text}</office:document>'
    return make_zip(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": f"<office:document-content {ODF_XML}>{text}</office:document-content>",
            "meta.xml": f"<office:document-meta {ODF_XML}>{meta}</office:document-meta>",
        }
    )


def make_epub(chapters, metadata="", **members):
    """An EPUB of chapters, names and XHTML."""
    items = "".join(
        f'<item id="c{n}" href="text/{name}" media-type="application/xhtml+xml"/>'
        for n, name in enumerate(chapters)
    )
    spine = "".join(f'<itemref idref="c{n}"/>' for n in range(len(chapters)))
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0">'
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"'
        f' xmlns:opf="http://www.idpf.org/2007/opf">{metadata}</metadata>'
        f"<manifest>{items}</manifest><spine>{spine}</spine></package>"
    )
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
    )
    head = '<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml">'
    return make_zip(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": container,
            "OEBPS/book.opf": package,
            **{
                f"OEBPS/text/{name}": f"{head}<head><title/></head><body>{body}</body></html>"
                for name, body in chapters.items()
            },
            **members,
        }
    )
