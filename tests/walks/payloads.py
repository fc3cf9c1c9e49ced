"""Two hundred texts that would run if a page took them for anything but text.

Made from families, so that each says what it tries. What runs calls ``executed``, which the
walk plants in every window.
"""

from itertools import chain, product, zip_longest

RUN = "executed(1)"
IMAGE = f"<img src=x onerror={RUN}>"
# Tags whose handler fires by itself.
FIRING = (
    "img src=x onerror",
    "svg onload",
    "body onload",
    "iframe onload",
    "details open ontoggle",
    "input autofocus onfocus",
    "video src=x onerror",
    "audio src=x onerror",
    "style onload",
    "script src=data:,x onload",
    "embed src=data:, onload",
    "marquee onstart",
    "select autofocus onfocus",
    "textarea autofocus onfocus",
)
ENDS = (
    *("script", "style", "title", "textarea", "noscript", "option", "select", "template"),
    *("svg", "datalist", "xmp"),
)


def plain_tags() -> list[str]:
    return [f"<{tag}={RUN}>" for tag in FIRING] + [f"<script>{RUN}</script>"]


def other_spellings() -> list[str]:
    """Case, slashes, lines and quotes where a careless filter expects a space."""
    return [
        spelt
        for tag in FIRING[:8]
        for spelt in (
            f"<{tag.replace(' ', '/')}={RUN}//",
            f"<{tag.upper()}='{RUN}' >",
            f'<{tag.replace(" ", chr(10))}\n=\n"{RUN}">',
        )
    ]


def out_of_attributes() -> list[str]:
    after = (
        f"{IMAGE}",
        f"<svg onload={RUN}>",
        f"<script>{RUN}</script>",
    )
    out = [f"{quote}>{rest}" for quote, rest in product(('"', "'", "`", ""), after)]
    handlers = ("onfocus={} autofocus", "onanimationstart={}", "onmouseover={}", "onclick={}")
    return out + [f"{q} {h.format(RUN)} x={q}" for q, h in product(('"', "'"), handlers)]


def drawings_and_formulas() -> list[str]:
    return [
        f"<svg><script>{RUN}</script></svg>",
        f"<svg><animate onbegin={RUN} attributeName=x dur=1s>",
        f"<svg><set onbegin={RUN} attributeName=x dur=1s>",
        f"<svg><foreignObject>{IMAGE}</foreignObject></svg>",
        f"<svg><desc>{IMAGE}</desc></svg>",
        f"<svg><style>{IMAGE}</style></svg>",
        f"<svg><title>{IMAGE}</title></svg>",
        f"<svg><a href='javascript:{RUN}'><text y=20>here</text></a></svg>",
        f"<svg><use href='data:image/svg+xml,<svg onload={RUN}>'>",
        f"<math><mtext>{IMAGE}</mtext></math>",
        f"<math><mi><style>{IMAGE}</style></mi></math>",
        f"<math><annotation-xml encoding='text/html'>{IMAGE}</annotation-xml></math>",
        f"<math href='javascript:{RUN}'>here</math>",
        f"<form><math><mtext></form><form><mglyph><style></math>{IMAGE}",
    ]


def templates() -> list[str]:
    return [
        "{{ 7|add:7 }}",
        "{{executed(1)}}",
        "{{ request.user.password }}",
        "{{ settings.SECRET_KEY }}",
        "{{constructor.constructor('executed(1)')()}}",
        "{% debug %}",
        "{% load log %}{% get_admin_log 9 as x %}",
        '{% include "base.html" %}',
        "{# gone #}",
        "{% verbatim %}{{ x|y }}",
        "${executed(1)}",
        "`${executed(1)}`",
        "#{executed(1)}",
        "<%= executed(1) %>",
        "[[executed(1)]]",
        "@{executed(1)}",
        "%(executed)s %s %n",
        "{0.__class__} {executed!r}",
        "<div hx-on:load=executed(1) hx-get=/ hx-trigger=load>",
        "<b data-hx-get=/healthz hx-trigger=load hx-vals='js:{a:executed(1)}'>",
    ]


def entities() -> list[str]:
    return [
        f"&lt;img src=x onerror={RUN}&gt;",
        f"&#60;img src=x onerror={RUN}&#62;",
        f"&#x3c;img src=x onerror={RUN}&#x3e;",
        f"&amp;lt;img src=x onerror={RUN}&amp;gt;",
        f"&ltimg src=x onerror={RUN}&gt",
        f"&quot;&gt;{IMAGE}",
        f"&#34; autofocus onfocus={RUN} x=&#34;",
        f"%3Cimg src=x onerror={RUN}%3E",
        f"\\u003cimg src=x onerror={RUN}\\u003e",
        f"\\x3cimg src=x onerror={RUN}\\x3e",
    ]


def comments_and_sections() -> list[str]:
    begun = ("<!--", "<!-->", "<!--->", "-->", "--!>", "<!-- --!>", "]]>", "<![CDATA[", "<?x ?>")
    return [f"{start}{IMAGE}" for start in begun] + [
        f"<!--[if true]>{IMAGE}<![endif]-->",
        f"<![CDATA[{IMAGE}]]>",
        f"<!DOCTYPE x [<!ENTITY e '{IMAGE}'>]>&e;",
    ]


def addresses() -> list[str]:
    ways = (
        f"javascript:{RUN}",
        f"JaVaScRiPt:{RUN}",
        f"java\tscript:{RUN}",
        f"\x01javascript:{RUN}",
        f"javascript&colon;{RUN}",
        f"javascript://%0a{RUN}",
        f"data:text/html,<script>{RUN}</script>",
        f"data:text/html;base64,{'PHNjcmlwdD5leGVjdXRlZCgxKTwvc2NyaXB0Pg=='}",
        f"vbscript:{RUN}",
    )
    return [
        *ways,
        *(f'<a href="{way}" autofocus>here</a>' for way in ways[:5]),
        *(f'<iframe src="{way}"></iframe>' for way in ways[:7:2]),
        f"<iframe srcdoc='<script>top.{RUN}</script>'>",
        f"<form action='javascript:{RUN}'><button>here</button></form>",
        f"<button formaction='javascript:{RUN}'>here</button>",
        f"<object data='javascript:{RUN}'></object>",
        f"<base href='javascript:/{RUN}/'>",
        f"<meta http-equiv=refresh content='0;url=javascript:{RUN}'>",
        f"<link rel=stylesheet href='data:text/css,*{{}}' onload={RUN}>",
        f"<link rel=modulepreload href='data:text/javascript,{RUN}'>",
    ]


def letters() -> list[str]:
    """Signs that some programs take for others, or leave out on the way."""
    return [
        f"＜img src=x onerror={RUN}＞",
        f"<scr\u200bipt>{RUN}</scr\u200bipt>",
        f"<\u017fcript>{RUN}</\u017fcript>",
        f"<\u0131mg src=x onerror={RUN}>",
        f"\u202e<img src=x onerror={RUN}>",
        f"\u2066{IMAGE}\u2069",
        f"\ufeff{IMAGE}",
        f"\u2028{RUN}\u2029",
        f"<img\u00a0src=x\u3000onerror={RUN}>",
        f"<img src=x onerror\u200d={RUN}>",
        f"\u00bcimg src=x onerror={RUN}\u00be",
        f"\U000e003c{IMAGE}\U000e003e",
        "<img src=x onerror=\uff45xecuted(1)>",
        f"e\u0301<svg onload={RUN}>",
    ]


def ends_of_elements() -> list[str]:
    return [
        f"</{end}{more}>{rest}"
        for end in ENDS
        for more, rest in (
            ("", IMAGE),
            (" x", f"<script>{RUN}</script>"),
            ("\n", f"<svg onload={RUN}>"),
        )
    ]


def out_of_json() -> list[str]:
    return [
        f'"}}</script><script>{RUN}</script>',
        f'";{RUN};//',
        f"';{RUN};//",
        f'\\";{RUN};//',
        f"\\';{RUN};//",
        f"'-{RUN}-'",
        f'"-{RUN}-"',
        f'"}};{RUN};({{"',
        f'"]}};{RUN}//',
        f"*/{RUN}/*",
        f"\n{RUN}\n//",
        '{"__proto__": {"innerHTML": "<img src=x onerror=executed(1)>"}}',
        f"</script\n>{IMAGE}",
    ]


FAMILIES: dict[str, list[str]] = {
    "plain tags": plain_tags(),
    "other spellings": other_spellings(),
    "out of attributes": out_of_attributes(),
    "drawings and formulas": drawings_and_formulas(),
    "templates": templates(),
    "entities": entities(),
    "comments and sections": comments_and_sections(),
    "addresses": addresses(),
    "letters": letters(),
    "ends of elements": ends_of_elements(),
    "out of JSON": out_of_json(),
}
HOW_MANY = 200
# A fair share of each family.
PAYLOADS = [text for text in chain(*zip_longest(*FAMILIES.values())) if text][:HOW_MANY]
