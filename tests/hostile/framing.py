"""Requests that two readers of HTTP may read as two things, or that never come to their end."""

from collections.abc import Mapping

from tests.hostile.drafts import FORM, LINE, MARK

HIDDEN = b"GET /r/" + MARK + b"/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
CHUNKED = b"Transfer-Encoding: chunked"
TYPE = b"Content-Type: " + FORM


def head(path: bytes, *lines: bytes, first: bytes = b"", body: bytes = b"") -> bytes:
    begin = first or b"POST " + path + b" HTTP/1.1"
    return LINE.join([begin, b"Host: 127.0.0.1", *lines, b"Connection: close", b"", body])


def framings(path: bytes, form: bytes) -> Mapping[str, tuple[bytes, frozenset[int], bool]]:
    """By what it tries: the bytes, what may be answered, whether our side closes after them.

    Args:
        form: a body that would be taken if it were sent as it should be.
    """
    size = b"%X" % len(form)
    length = b"Content-Length: %d" % len(form)
    whole = size + LINE + form + LINE + b"0\r\n\r\n"
    refused = frozenset({0, 400, 408, 411, 413, 415, 417, 422, 431, 501, 505})

    def chunks(body: bytes, *more: bytes) -> bytes:
        return head(path, TYPE, CHUNKED, *more, body=body)

    def sized(*lines: bytes, body: bytes = form) -> bytes:
        return head(path, TYPE, *lines, body=body)

    never = {
        "length and chunks": chunks(b"0\r\n\r\n" + HIDDEN, length),
        "chunks and length": head(path, length, CHUNKED, TYPE, body=b"0\r\n\r\n" + HIDDEN),
        "two lengths": sized(length, b"Content-Length: 5"),
        "two lengths in one": sized(length + b", 5"),
        "length with sign": sized(b"Content-Length: +%d" % len(form)),
        "negative length": sized(b"Content-Length: -1"),
        "length with blanks": sized(b"Content-Length: 1 2"),
        "length in hexadecimal": sized(b"Content-Length: 0x10"),
        "length past all bounds": sized(b"Content-Length: " + b"9" * 40),
        "length of other digits": sized(b"Content-Length: \xd9\xa1\xd9\xa2"),
        "blank before the colon": sized(length.replace(b":", b" :")),
        "chunks": chunks(whole),
        "chunks twice": chunks(whole, CHUNKED),
        "chunks not last": head(path, TYPE, CHUNKED + b", identity", body=whole),
        "chunks unknown": head(path, TYPE, b"Transfer-Encoding: xchunked", body=whole),
        "chunks after a tab": head(path, TYPE, b"Transfer-Encoding:\tchunked", body=whole),
        "chunks folded": head(path, TYPE, b"Transfer-Encoding:\r\n chunked", body=whole),
        "chunk size no number": chunks(b"zz\r\n" + form),
        "chunk size negative": chunks(b"-1\r\n" + form),
        "chunk size past all bounds": chunks(b"F" * 20 + LINE + form),
        "chunk too short": chunks(b"1\r\n" + form + b"\r\n0\r\n\r\n"),
        "chunk extension": chunks(size + b";a=" + b"x" * 9_000 + LINE + form + b"\r\n0\r\n\r\n"),
        "chunk with bare lines": chunks(whole.replace(LINE, b"\n")),
        "many small chunks": chunks(b"1\r\na\r\n" * 5_000 + b"0\r\n\r\n"),
        "trailers": chunks(whole[:-2] + b"Content-Length: 5\r\nX: " + MARK + b"\r\n\r\n"),
        "folded header": sized(b"X-A: b\r\n c", b"Content-Length: 99999999"),
        "bare return in a header": sized(b"X-A: b\rX-B: c", b"Content-Length: x"),
        "bare line feed": sized(b"X-A: b\nContent-Length: 5", length),
        "nul in a header": sized(b"X-A: b\x00c", length),
        "control in a name": sized(b"X\x01A: b", length),
        "no name": sized(b": b", length),
        "no colon": sized(b"nothing", length),
        "version 9": head(path, length, TYPE, first=b"POST " + path + b" HTTP/9.9", body=form),
        "no version": head(path, length, first=b"POST " + path, body=form),
        "version 0.9": b"GET /\r\n\r\n",
        "preface of http 2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "a handshake of tls": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 200,
        "only nul": b"\x00" * 2_000,
        "only lines": b"\r\n" * 2_000,
        "a long line": b"A" * 300_000,
        "blanks first": b"   " + sized(length),
    }  # fmt: skip
    unended = {
        "cut in its body": sized(length, body=form[: len(form) // 2]),
        "nothing of its body": sized(length, body=b""),
        "longer than it is": sized(b"Content-Length: %d" % (len(form) + 9)),
        "cut in its head": sized(length)[:40],
        "cut in a chunk": chunks(size + LINE + form[:9]),
        "chunks without end": chunks(size + LINE + form + LINE),
        "cut in its first line": b"POST /s",
        "nothing": b"",
    }
    told = {name: (raw, refused, True) for name, raw in (never | unended).items()}
    told["shorter than it is"] = (sized(length) + HIDDEN, frozenset(), False)
    told["second after the first"] = (sized(length) + b"GARBAGE\r\n\r\n", frozenset(), False)
    told["asks first"] = (sized(length, b"Expect: 100-continue"), frozenset(), False)
    return told
