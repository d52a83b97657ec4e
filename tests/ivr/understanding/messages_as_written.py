"""Texts as people write them, by which the reading of texts was tuned: text, what was open, what it means."""

Row = tuple[str, str, str, dict[str, object]]


def row(text: str, intent: str, context: str = "none", **more: object) -> Row:
    return text, context, intent, more


WRITTEN: list[Row] = [
    # reports, with and without a keyword
    row("LAPOR lampu jalan mati di Kayuringin", "report", category="lampu-jalan", area="kayuringinjaya",
        words="lampu jalan mati di Kayuringin"),
    row("lapor jalan berlubang depan sdn 3 kranji", "report", category="jalan-rusak", area="kranji"),
    row("Lapor pak, sampah numpuk udah seminggu ga diangkut", "report", category="sampah", area=None),
    row("lapor", "report", words="", category="lainnya"),
    row("usulan", "proposal", words=""),
    row("lapr got mampet di jatiasih", "report", category="saluran-mampet"),
    row("lapro ada pohon tumbang nutup jalan", "report", category="pohon-tumbang"),
    row("lapoor!! banjir selutut di rawalumbu", "report", category="banjir"),
    row("kapor jalan rusak di pekayon", "report", category="jalan-rusak"),
    row("halo min mau ngadu, jalan depan rumah saya bolong", "report", category="jalan-rusak"),
    row("Assalamualaikum pak saya mau melaporkan pju mati di perumahan wisma asri", "report", category="lampu-jalan",
        area="telukpucung"),
    row("selamat siang, komplain parkir liar depan stasiun bekasi", "report", category="lalu-lintas"),
    row("aduan: ada pungli di kelurahan, petugas minta uang", "report", category="keluhan-petugas"),
    row("ngelapor min, air pdam mati dari pagi", "report", category="air-bersih"),
    row("keluhan suara karaoke berisik tiap malam", "report", category="ketertiban"),
    row("report pothole on jalan ahmad yani", "report", category="jalan-rusak", language="en"),
    row("I want to report a broken street light in Jakasampurna", "report", category="lampu-jalan", language="en"),
    row("lampu jalan mati semua di gang mawar", "report", category="lampu-jalan"),
    row("jalan di depan pasar kranji rusak parah banyak lubang", "report", category="jalan-rusak", area="kranji"),
    row("sampah di tps liar belakang sekolah bau banget", "report", category="sampah"),
    row("ada ular kobra masuk rumah warga di jatimulya", "other_city", category="hewan-berbahaya"),
    row("sarang tawon gede banget di pohon depan rumah", "report", category="hewan-berbahaya"),
    row("tolong dong lampu merah di bulak kapal mati bikin macet", "report", category="lalu-lintas"),
    row("cai pareum ti kamari di jatiluhur", "report", category="air-bersih", area="jatiluhur"),
    row("runtah numpuk di hareupeun imah abdi", "report", category="sampah"),
    row("caah di pengasinan cai geus nepi ka tuur", "report", category="banjir", area="pengasinan"),
    row("jalan ruksak di mustikasari loba liang", "report", category="jalan-rusak", area="mustikasari"),
    row("got di depan rumah gue mampet bang", "report", category="saluran-mampet"),
    row("the drain in front of my house is blocked", "report", category="saluran-mampet", language="en"),
    row("garbage has not been collected for two weeks in Jatirasa", "report", category="sampah", language="en",
        area="jatirasa"),
    row("pengurusan ktp lama banget udah 3 bulan blm jadi", "report", category="kependudukan"),
    row("fogging dong min di sini banyak yang kena dbd", "report", category="kesehatan"),
    row("bansos belum turun bulan ini di rt kami", "report", category="sosial"),
    row("pungutan sekolah di smpn katanya wajib bayar seragam", "report", category="sekolah"),
    row("banjir kranji", "report", category="banjir", area="kranji"),
    row("lampu mati jatirasa", "report", category="lampu-jalan", area="jatirasa"),
    row("lampu di kali abang tengah padam dari kemarin malam", "report", category="lampu-jalan",
        area="kaliabangtengah"),
    row("jalan berlubang sering bikin kecelakaan di jatikramat", "report", category="jalan-rusak", area="jatikramat"),
    row("jalan rusak bikin kecelakaan kemarin", "report", category="jalan-rusak"),
    row("tolong perbaiki lubang ini takut kecelakaan pak", "report", category="jalan-rusak"),
    row("jalan gelap rawan begal di harapan baru", "report", category="lampu-jalan", area="harapanbaru"),
    row("pohon miring takut tumbang dan bisa tertimpa warga", "report", category="pohon-tumbang"),
    row("terjebak macet 2 jam di bulak kapal lampu merah mati", "report", category="lalu-lintas"),
    row("air setinggi lutut di depan rumah saya", "report", category="banjir"),
    row("Cek dong lampu jalan di gang sebelah masjid mati total", "report", category="lampu-jalan"),
    row("di sini sudah tiga hari mati air", "report"),
    row("suami saya sering mukul anak tolong dibantu ya", "report"),
    row("angkot ngetem sembarangan di terminal bekasi", "report", category="lalu-lintas", area="margahayu"),
    row("jembatan di jatisari retak dan miring bahaya dilewati", "report", category="jalan-rusak", area="jatisari"),
    row("ada orang gila telanjang di depan minimarket", "report", category="sosial"),
    row("Pak RT kami minta aspal jalan diperbaiki segera ya", "report", category="jalan-rusak"),
    row("komplek pondok mitra lestari banjir lagi", "report", category="banjir", area="jatirasa"),
    row("kelurahan kranji sampahnya tidak diangkut", "report", category="sampah", area="kranji"),
    row("lampu2 taman pada mati semua gelap banget", "report", category="lampu-jalan"),
    row("surat pindah saya dipersulit pegawai kelurahan", "report"),
    # outside the city
    row("lapor jalan rusak di tambun selatan", "other_city", outside="kabupaten-bekasi", category="jalan-rusak"),
    row("banjir di cibitung parah sekali pak", "other_city", outside="kabupaten-bekasi"),
    row("sampah menumpuk di pasar cileungsi", "other_city", outside="kabupaten-bogor"),
    row("street light out in Cikarang please fix", "other_city", outside="kabupaten-bekasi", language="en"),
    # status
    row("123456786", "status", number="123456786"),
    row("123-456-786", "status", number="123456786"),
    row("123 456 786", "status", number="123456786"),
    row("123.456.786 ya", "status", number="123456786"),
    row("cek 123456786", "status", number="123456786"),
    row("CEKKK 123456786!!", "status", number="123456786"),
    row("cekk dong 123456786 gimana ya", "status", number="123456786"),
    row("chek 123456786", "status", number="123456786"),
    row("stts 123456786", "status", number="123456786"),
    row("sts no 123456786", "status", number="123456786"),
    row("no 123456786", "status", number="123456786"),
    row("nomor laporan 123456786", "status", number="123456786"),
    row("cek123456786", "status", number="123456786"),
    row("１２３４５６７８６", "status", number="123456786"),
    row("laporan 123456786 sampai mana ya pak", "status", number="123456786"),
    row("gmn kabar 123456786?", "status", number="123456786"),
    row("status of 123456786 please", "status", number="123456786", language="en"),
    row("cek 123456789", "status", number=None, words="123456789"),
    row("123456789", "status", number=None, words="123456789"),
    row("cek 12345", "status", number=None, words="12345"),
    row("cek", "status", number=None, words=""),
    row("status", "status"),
    row("stauts", "status"),
    row("ngecek laporan saya", "status"),
    row("gmn lap sy", "status"),
    row("gimana laporan saya pak?", "status"),
    row("laporan saya sampai mana", "status"),
    row("udah blm", "status"),
    row("sampe mana min", "status"),
    row("kok belum ada kabar ya", "status"),
    row("what happened to my report", "status", language="en"),
    row("kumaha laporan abdi kang", "status"),
    row("progres laporan jalan rusak kemarin", "status"),
    row("tolong cek laporan saya dong kak", "status"),
    row("kapan diperbaiki?", "status"),
    # details
    row("123456786 lokasinya di depan masjid al ikhlas", "add_detail", number="123456786"),
    row("tambahan: tiangnya dekat pos ronda", "add_detail", words="tiangnya dekat pos ronda"),
    row("di depan masjid al huda rt 3 rw 5", "add_detail", "asked_place", area=None,
        place_words="di depan masjid al huda rt 3 rw 5"),
    row("Jl Mawar no 12 kelurahan kranji", "add_detail", "asked_place", area="kranji"),
    row("alamat jl nusa indah 4 jatirasa", "add_detail", "asked_place", area="jatirasa"),
    row("kranji", "add_detail", "asked_place", area="kranji"),
    row("jl. kemakmuran", "add_detail", "asked_place"),
    row("dekat kantor kecamatan jatiasih", "add_detail", "asked_place"),
    row("gak tau pak pokoknya deket pasar", "add_detail", "asked_place"),
    row("bantar gebang", "add_detail", "asked_place"),
    row("petugas parkir sebelah alfamart", "add_detail", "asked_place"),
    row("tambun selatan", "other_city", "asked_place", outside="kabupaten-bekasi"),
    row("iya lampunya yang sebelah kiri", "add_detail", "asked_question"),
    row("sudah", "add_detail", "asked_question"),
    row("5", "add_detail", "asked_question"),
    row("petugasnya kurang senyum tapi cepat", "add_detail", "asked_advice"),
    row("lampu jalan di kranji mati lagi", "report", "asked_advice"),
    row("stop", "stop", "asked_place"),
    row("agen", "want_person", "asked_place"),
    row("cek 123456786", "status", "asked_question", number="123456786"),
    row("lapor jalan rusak parah di jatiasih banyak lubang", "report", "asked_place"),
    row("tolong ada kebakaran", "emergency", "asked_place"),
    # surveys
    row("5", "rating", "survey_open", score=5),
    row("4 mantap", "rating", "survey_open", score=4),
    row("bintang 5", "rating", "survey_open", score=5),
    row("nilai 4", "rating", "survey_open", score=4),
    row("*5/5*", "rating", "survey_open", score=5),
    row("4/5", "rating", "survey_open", score=4),
    row("lima", "rating", "survey_open", score=5),
    row("empat pak", "rating", "survey_open", score=4),
    row("saya kasih nilai 3", "rating", "survey_open", score=3),
    row("puas 5", "rating", "survey_open", score=5),
    row("5 bintang terima kasih", "rating", "survey_open", score=5),
    row("4 123456786", "rating", "survey_open", score=4, number="123456786"),
    row("123456786 5", "rating", "survey_open", score=5, number="123456786"),
    row("⭐⭐⭐⭐", "rating", "survey_open", score=4),
    row("2 pelayanan lambat", "rating", "survey_open", score=2),
    row("rating 1", "rating", "survey_open", score=1),
    row("five", "rating", "survey_open", score=5),
    row("belum", "not_fixed", "survey_open"),
    row("BELUM!!!", "not_fixed", "survey_open"),
    row("blm beres pak", "not_fixed", "survey_open"),
    row("blom", "not_fixed", "survey_open"),
    row("no", "not_fixed", "survey_open", language="id"),
    row("ga", "not_fixed", "survey_open"),
    row("nggak, masih mati lampunya", "not_fixed", "survey_open"),
    row("masih rusak", "not_fixed", "survey_open"),
    row("bohong, ga ada yang datang", "not_fixed", "survey_open"),
    row("3 hari belum diangkut juga", "not_fixed", "survey_open", score=None),
    row("1 belum beres", "not_fixed", "survey_open", score=1),
    row("still broken", "not_fixed", "survey_open", language="en"),
    row("teu acan beres", "not_fixed", "survey_open"),
    row("sudah dibilang selesai padahal masih bolong", "not_fixed", "survey_open"),
    row("ok tapi masih bau", "not_fixed", "survey_open"),
    row("belum 123456786", "not_fixed", "survey_open", number="123456786"),
    row("sudah", "fixed", "survey_open"),
    row("udah beres makasih", "fixed", "survey_open"),
    row("ya", "fixed", "survey_open"),
    row("ok sip", "fixed", "survey_open"),
    row("yoi", "fixed", "survey_open"),
    row("beres pak terima kasih banyak", "fixed", "survey_open"),
    row("sudah nyala lagi lampunya, mantap", "fixed", "survey_open"),
    row("yes it is fixed", "fixed", "survey_open", language="en"),
    row("tidak ada masalah lagi, terima kasih", "fixed", "survey_open"),
    row("cek", "status", "survey_open"),
    row("stop", "stop", "survey_open"),
    row("lapor ada pohon tumbang di jalan mawar kranji", "report", "survey_open"),
    row("ya ampun di jatiasih ada pohon tumbang nutup jalan raya", "report", "survey_open"),
    row("2 pohon tumbang di jalan mawar kranji", "report", "survey_open"),
    row("ada kebakaran di sebelah", "emergency", "survey_open"),
    row("gak jadi", "cancel_callback", "survey_open"),
    # not fixed without a survey
    row("belum", "not_fixed"),
    row("belum beres", "not_fixed"),
    row("masih rusak", "not_fixed"),
    row("bohong!", "not_fixed"),
    row("laporan saya belum beres", "not_fixed"),
    row("123456786 belum beres", "not_fixed", number="123456786"),
    row("katanya selesai tapi lampu masih mati", "not_fixed"),
    row("blm beres min jalannya", "not_fixed"),
    row("not fixed yet", "not_fixed", language="en"),
    row("123456786 sudah selesai, terima kasih", "fixed", number="123456786"),
    row("123456786 sudah selesai?", "status", number="123456786"),
    row("lampu di jalan mawar masih mati sejak kemarin sore", "report", category="lampu-jalan"),
    # proposals
    row("usul taman bermain di rw 5 jatirasa", "proposal", category="usulan", area="jatirasa",
        words="taman bermain di rw 5 jatirasa"),
    row("usl zebra cross depan sekolah", "proposal"),
    row("usulan: bikin jalur sepeda", "proposal", words="bikin jalur sepeda"),
    row("saran min tambahin tong sampah di alun alun", "proposal"),
    row("ide: bank sampah tiap rw", "proposal"),
    row("saya mau usul dibuatkan taman di kranji", "proposal"),
    row("aspirasi warga rt 3 minta lapangan", "proposal"),
    row("idea: more trees along the river", "proposal", language="en"),
    row("alangkah baiknya kalau ada halte di depan mall", "proposal"),
    # a person
    row("agen", "want_person"),
    row("AGENT", "want_person"),
    row("petugas", "want_person"),
    row("operator", "want_person"),
    row("telpon", "want_person"),
    row("minta ditelpon", "want_person"),
    row("minta di telp dong", "want_person"),
    row("tolong telpon saya", "want_person"),
    row("cs", "want_person"),
    row("saya mau bicara sama petugas", "want_person"),
    row("call me please", "want_person", language="en"),
    row("tolong hubungi saya di nomor ini", "want_person"),
    row("agent 123456786", "want_person", number="123456786"),
    row("batal", "cancel_callback"),
    row("cancel", "cancel_callback"),
    row("ga jadi deh", "cancel_callback"),
    row("gajadi", "cancel_callback"),
    row("batalkan telponnya", "cancel_callback"),
    row("gak usah ditelpon pak", "cancel_callback"),
    # information
    row("info ktp", "info", topic="registry"),
    row("INFO PAJAK", "info", topic="tax"),
    row("info", "info", topic=None),
    row("informasi puskesmas", "info", topic="health"),
    row("syarat bikin kk baru apa aja", "info", topic="registry"),
    row("cara bayar pbb", "info", topic="tax"),
    row("mau tanya syarat akte lahir", "info", topic="registry"),
    row("nanya dong izin usaha gimana", "info", topic="permits"),
    row("jam buka kelurahan", "info", topic="offices"),
    row("alamat disdukcapil", "info"),
    row("gimana cara urus ktp hilang?", "info", topic="registry"),
    row("how do i renew my id card", "info", topic="registry", language="en"),
    row("dimana posko pengungsian banjir?", "info", topic="flood"),
    row("inpo banjir", "info", topic="flood"),
    row("kantor dinas buka jam berapa ya", "info", topic="offices"),
    row("ktp", "info", topic="registry"),
    # help, language, stop and start
    row("bantuan", "help"),
    row("help", "help", words=""),
    row("menu", "help"),
    row("?", "help"),
    row("bantuan dong", "help"),
    row("tolong", "help", words="tolong"),
    row("tolooong!!!", "help"),
    row("tolong pak", "help", words="tolong pak"),
    row("help me", "help", words="help me"),
    row("english", "language_en", language="en"),
    row("ENGLISH PLEASE", "language_en", language="en"),
    row("bahasa indonesia", "language_id", language="id"),
    row("indo", "language_id", language="id"),
    row("STOP", "stop"),
    row("stopp", "stop"),
    row(" stop. ", "stop"),
    row("s\u200btop", "stop"),
    row("berhenti", "stop"),
    row("unreg", "stop"),
    row("batal langganan", "stop"),
    row("jangan sms lagi", "stop"),
    row("jangan sms lagi ya pak", "stop"),
    row("mulai", "start"),
    row("START", "start"),
    row("stp", "noise"),
    row("stop dulu", "noise"),
    row("berhentiin", "noise"),
    # emergencies
    row("kebakaran di kranji cepat", "emergency", area="kranji", category="darurat"),
    row("stop, ada kebakaran", "emergency"),
    row("rumah tetangga kebakar tolong", "emergency"),
    row("ada anak tenggelam di kali", "emergency"),
    row("kecelakaan motor di jl ahmad yani ada yang luka", "emergency"),
    row("laka di flyover", "emergency"),
    row("ibu saya pingsan", "emergency"),
    row("bapak saya sesak napas", "emergency"),
    row("istri mau melahirkan tolong ambulans", "emergency"),
    row("ada begal di jalan baru", "emergency"),
    row("tawuran di depan sekolah bawa sajam", "emergency"),
    row("kdrt tetangga saya dipukulin", "emergency"),
    row("gas bocor di dapur", "emergency"),
    row("tanah longsor nimpa rumah", "emergency"),
    row("terjebak banjir di lantai 2", "emergency"),
    row("kebakran!!", "emergency"),
    row("there is a fire in my house", "emergency", language="en"),
    row("someone is drowning", "emergency", language="en"),
    row("tolong kirim pemadam kebakaran", "emergency"),
    row("4 orang terseret arus", "emergency", "survey_open"),
    row("kahuruan di bojong menteng", "emergency"),
    row("lapor kebakaran di tambun", "emergency", outside="kabupaten-bekasi"),
    row("lapor kecelakaan", "emergency"),
    row("takut, rumah sebelah kebakaran", "emergency"),
    row("suami sering kdrt", "emergency"),
    # false friends
    row("terjebak macet", "noise"),
    row("kebakaran jenggot haha", "noise"),
    row("nomor pemadam kebakaran berapa ya pak", "report"),
    row("lakalaka", "noise"),
    row("kelakar", "noise"),
    row("tawaran pinjaman online cepat cair", "noise"),
    row("lanjutkan perjuangan", "noise"),
    row("pegal pinggang", "noise"),
    row("lapar", "noise"),
    row("lampu", "noise"),
    row("cekcok tetangga berisik tiap malam", "report", category="ketertiban"),
    row("usus buntu", "noise"),
    row("masuk air ke rumah kami", "report"),
    row("sarang tawon", "noise"),
    row("banjir", "noise"),
    # noise
    row("", "noise"),
    row("   ", "noise"),
    row("p", "noise"),
    row("halo", "noise"),
    row("terima kasih", "noise"),
    row("makasih pak", "noise"),
    row("terima kasih banyak ya pak atas bantuannya", "noise"),
    row("selamat pagi bapak ibu", "noise"),
    row("ok", "noise"),
    row("ya", "noise"),
    row("5", "noise"),
    row("asdf", "noise"),
    row("👍", "noise"),
    row("tes tes 123", "noise"),
]  # fmt: skip

# More of them, by what was open and what they mean.
MORE: dict[tuple[str, str], str] = {
    ("asked_place", "add_detail"): """
depan alfamart jl pejuang raya
rt 02 rw 07 kel margahayu
perumahan taman kartini blok c
di sebelah masjid
Harapan jaya
jl cut meutia no 5
di pondok gede
saya di kaliabang
info
in front of the school in Kranji
jati asih, dekat komsen
gang masjid no 12
jl. cek nyak no 3
lokasinya di belakang pasar
Jl. H. Agus Salim gg 3
sebelah kantor pos
saya di bojong rawalumbu
masih di jalan yang sama
5
perumnas 3 bekasi timur
ga tau
depan rumah pak rt
kp. rawa bugel
lokasi: jalan pekayon raya dekat pom bensin
jalan raya hankam pondok melati
jkt timur
saya ga tau nama jalannya, deket spbu
Jl. Lapangan Tembak 4
perum bumi satria kencana
stasiun bekasi
margahayu
on Jalan Ahmad Yani near the mall
agen bus di terminal bekasi
belakang kantor petugas damkar
di rumah saya jl anggrek 5
sudah saya kirim tadi alamatnya
jl mawar
RT 03/RW 05 Kel. Jakasetia
depan indomaret jl chairil anwar
grand galaxy city blok rga
deket rumah pak haji
bekasi timur regensi
jl raya narogong km 7
ini pak di jatibening gang haji saman
sama kaya kemarin
mulai dari jembatan sampai pasar
infonya di grup wa rt
kel pekayon jaya kec bekasi selatan
-6.24, 106.99
jl. anggrek raya no. 7 rt 1/2
depan ruko sentra niaga
di daerah mustikajaya
harapan indah
duren jaya bekasi timur
belakang sekolah
jl juanda dekat stasiun
sumur batu
patokannya masjid agung
maaf lupa, di jl kemang pratama
lapangan depan kelurahan
ok
""",
    ("asked_place", "cancel_callback"): """
batal
batal lapor
""",
    ("asked_place", "emergency"): """
rumah saya kebakaran
""",
    ("asked_place", "help"): """
bantuan
help
""",
    ("asked_place", "language_en"): """
english
""",
    ("asked_place", "other_city"): """
cikarang
cileungsi pak
tambun
cibubur
depok
cakung jakarta timur
di setu kab bekasi
cileungsi bogor
""",
    ("asked_place", "start"): """
mulai
""",
    ("asked_place", "status"): """
cek 123456786
status
""",
    ("asked_place", "want_person"): """
tolong telpon saya aja
petugas
""",
    ("none", "cancel_callback"): """
batal ditelpon
g jadi
ga jadi telpon
cancle
gak jadi ditelepon ya pak
batal telp
cancel callback
tidak jadi
nggak jadi deh pak
batal ah
ga jadi ditelp
batalkan
tolong batalkan laporan 123456786
CANCEL
batal deh
gajadi deh
ga usah telpon
jangan telpon saya
tidak usah ditelepon, sudah beres
cancel please
btal
gak jadi telpon
batal aja
batalin telponnya
cancel the call
tdk jadi
engga jadi deh
jgn ditelpon
""",
    ("none", "emergency"): """
kebakaran!!!
KEBAKARAN DI RUMAH SEBELAH TOLONG
tolong ada yang tenggelam di kalimalang
ada orang kesetrum di tiang listrik
anak saya kejang panas tinggi
tetangga mau bunuh diri
motor tabrakan di perempatan
pabrik kebakar asap tebal
saya dirampok barusan di jalan pejuang
orang hanyut di kali bekasi
help there is an accident
truk nabrak motor ada korban
warga terjebak banjir minta perahu
ibu hamil pendarahan
kecelakaaan beruntun di tol
kobaran api di gudang
bapak2 pingsan di halte
nenek saya jatuh ga sadarkan diri
mobil terbakar di jalan
tolong cepat ada kebakaran
Kebakaran! Jl. Mawar 5 Kranji
kbakaran pasar
kecelakan di depan mall
kecelakaan lalu lintas 2 motor
ada tabrak lari
orang pingsn di jalan
rumah kebanjiran kami terjebak di atap
ibu mertua serangan jantung butuh ambulan
anak tenggelem di kolam
sesek napas tolong
bayi mau lahir di jalan
pelajar tawuran pake celurit
suami saya mukulin saya tolong
kena setrum
kabel listrik putus kesetrum warga
someone fainted
my husband is having a heart attack
car crash on the toll road
gas leaking smell strong
house on fire!!
ada orang mau loncat dari jembatan
rem blong nabrak warung banyak korban
pohon tumbang nimpa motor ada yg luka
kebakaran lahan di belakang perumahan
listrik konslet keluar api
macet karena ada kecelakaan
kebakaran di gudang jl raya bekasi
ada yg tenggelam!!
kebakara
kecelakaan truk vs motor
dua orang pingsan kepanasan
kosan kebakaran
rumah ambruk ada orang di dalam
ada perampok di alfamart
ada bom di mall
ada mayat di kali
anak jatuh ke sumur
tetangga saya mau gantung diri
ada orang bawa golok ngamuk
saya diancam suami pakai pisau
nenek saya stroke
digigit ular
banjir bandang rumah hanyut
tanggul jebol warga terjebak
tabung gas meledak
help my father is unconscious
hujan besar lapangan terjebak air
bocah2 pada tawuran sarung tiap malem
Lapor kebakaran sampah di lahan kosong
ada kebakaran rumah di jalan kartini
kebakaran kontrakan
api membesar di pasar
mobil tenggelam di kali
korban hanyut belum ketemu
kecelakaan beruntun
ada yang pingsan di stasiun
orang sesak nafas butuh ambulans
tetangga lahiran di rumah butuh bidan cepat
begal bawa celurit di kalimalang
rumah saya kerampokan
tawuran pelajar di jalan juanda
KDRT tolong saya
pekerja kesetrum
bocor gas di warung
tebing longsor timpa rumah
orang mau bunuh diri di flyover
saya terjebak di lift
terseret arus banjir
kejebak banjir ga bisa keluar rumah
fire at the market
accident on jalan sudirman two people injured
we are trapped on the roof by the flood
gas leak in our building
my wife is in labor
man unconscious at station
kebakarn dikontrakan
kebakran hutan kota
tolong2 ada rampok
api! api! rumah terbakar
tolong kebakaran di belakang rumah saya
kecelakaan di jl raya hankam motor vs truk
ada bocah tenggelam
bayi saya kejang2
orang tua jatuh di kamar mandi pingsan
tetangga teriak teriak kdrt
preman bawa sajam di pasar
mobil masuk sungai
keracunan makanan massal di sekolah
ular masuk kamar anak saya digigit
bapak saya stroke butuh ambulan
pom bensin kebakaran
crane jatuh menimpa pekerja
tiang listrik keluar percikan api
rumah tertimpa pohon
warga sesak napas kena asap
help fire
robbery at indomaret
child fell into the river
she is bleeding heavily
""",
    ("none", "fixed"): """
laporan 123456786 sudah beres makasih
""",
    ("none", "help"): """
petunjuk
cara pakainya gimana
bantu
menuu
minta bantuan
hlep
gimana cara lapornya
tolong saya
tolonggg
petunjuk dong
HELP!!
bantuannn
perintah apa aja
menu utama
tolong min
tolong bantu saya
Kalo mau lapor gimana caranya?
bantuan saya
???
menu dong
gimana cara pakai layanan ini
bantu saya
TOLONG!
tolong kak
bantuan!!
bantuaan
help dong
cara pake
tolong jelasin cara pakainya
ini bisa apa aja
menu apa aja
pentunjuk
help please
tolong...
tolong saya pak
tolooooongggg
bantuan min
help!
perintah
tolong lah
tolong please
plis tolong
toloong
""",
    ("none", "info"): """
jam buka puskesmas
syarat ktp hilang
tanya cara bikin kia
info banjir dong
mau nanya bayar pbb dimana ya
kantor kelurahan buka jam brp
berapa biaya bikin kk
pak mau tanya, kalo ngurus akta kematian syaratnya apa
alamat bapenda
izin usaha gimana caranya
where can i pay property tax
apa syarat perpanjang ktp
jam operasional disdukcapil
bikin ktp dimana ya
informasi jadwal vaksin anak
what are the opening hours
info jadwal posyandu
informasi pbb
tanya syarat nikah
cara urus izin usaha
nanya dong bikin akte berapa hari
jam kerja kantor kecamatan
alamat rsud
syarat pindah domisili apa aja min
mau nanya dong jadwal sim keliling
puskesmas buka hari sabtu ga?
apakah bikin ktp bayar?
how much is property tax
kalau mau bikin kk baru gimana
bpjs saya ga aktif gimana ngurusnya
ketinggian air kali bekasi berapa sekarang
cuaca hari ini
info cuaca
kapan simulasi kebakaran di kelurahan
how do I make a birth certificate
what do i need for a family card
nomor telpon puskesmas jatiasih
minta no telp damkar
dokter
cara daftar ppdb
bpjs
berapa denda pbb telat
mau buat nib syaratnya
jam buka kantor camat
dmn kantor bapenda
hari sabtu disdukcapil buka?
alamat kantor walikota
info kesehatan
INFO IZIN
info kantor
tanya dong, bikin ktp anak umur 17 gimana
mau tanya jam besuk rsud
persyaratan pindah kk
cara cek pbb online
buat akta lahir berapa lama ya
puskesmas terdekat dimana
alamat dinas sosial
jadwal imunisasi
pajak bumi bangunan bayar dimana
berapa tarif pbb
ngurus imb dimana
apa syarat bikin nib
syarat nikah
office hours of the civil registry
where do i pay my land tax
info vaksin
apakah besok kantor kecamatan buka
kk hilang gimana ngurusnya
mau perpanjang izin usaha caranya gimana
ktp rusak bisa diganti dimana
butuh info bpjs
cuti bersama disdukcapil buka gak
info pbb
info dong syarat kk
infokan jam buka samsat
mau tanya, puskesmas kranji buka jam berapa
cara membuat kartu keluarga baru
urus akta kelahiran gimana
pajak
izin
alamat kantor bpbd
jam pelayanan mpp
apa aja syarat buat ktp baru
ktp hilang harus kemana
berapa tinggi air kali bekasi
do i need an appointment for id card
how do i register my business
nanya jadwal dokter puskesmas
persyaratan izin keramaian
bpjs mati cara aktifin gimana
""",
    ("none", "language_en"): """
inggris
in english please
english pls
eng
bhs inggris
EN
change to english
ENGLISH
bahasa inggris dong
englis
english please!
inggris dong
bahasa inggris please
switch english
""",
    ("none", "language_id"): """
use indonesian
bahasa
bahasa indonesia aja
Indonesia
bahasa indo
bahasa indonesia please
INDONESIA
pake bahasa indonesia
ke bahasa indonesia
""",
    ("none", "noise"): """
terjebak hujan
halo pak
tes
hmm ok
salah kirim
maaf salah sambung
wkwkwk
selamat pagi
gpp
apa
siap pak
mana
sayang lagi apa
ok siap
oke
sudah
hadir
jalan rusak
lampu mati
siapa nih
haloooo
gak
kamu siapa
test 123
.
😀😀
alhamdulillah
assalamualaikum wr wb
qwerty
lagi dimana bro
met pagi
nuhun
0812345678
12345
stop it
thank you
hello
hatur nuhun
P
ping
tes sms
air ledeng butek
nomor darurat berapa?
never mind
cepat tanggap darurat
sinyal hp jelek
hai
oi
hahaha
salah nomor
kok gitu
hmmm
siap komandan
mantap
iya
oke siap
bisa?
ini siapa
sama sama
xxx
jjj kkk lll
7
masuk pak
met malam
❤️
banjir pak
sampah
Promo! Pinjaman online cair 5 menit klik link ini
SELAMAT anda mendapat hadiah undian 50jt hubungi 0812
assalamu'alaikum
ok makasih
thanks
siap
apa kabar
lg apa
belum makan
testing
halo selamat siang
haha lucu
nomor siapa ini
kok gak dibales
123
ini sms apa
ada orang?
""",
    ("none", "not_fixed"): """
belum dikerjakan juga
masih sama aja
laporan 123456786 masih rusak
bohong katanya sudah diperbaiki
kok laporan saya ditutup padahal belum beres
belum beres juga itu jalannya pak
123456786 masih bau sampahnya
lapor lagi 123456786 lampunya mati lagi
belum 123456786
masih rusak pak
kok belum dikerjain juga
laporan saya ditutup padahal belum dikerjakan
bohong kalian katanya udah diangkut
masih belum beres
belum selesai tapi statusnya selesai
blm
still not fixed
you said it was fixed but it is still broken
""",
    ("none", "proposal"): """
usul dibuatkan jembatan penyebrangan di depan rs
usulan saya bikin taman baca
masukan untuk pemkot: perbanyak pohon
saran dong pak buat jalur khusus sepeda di kalimalang
gimana kalau dibikin lapangan bola di rw 3
musrenbang rw 4 minta posyandu
i have a suggestion, add more bus stops
mau kasih ide buat kota bekasi
pengen usul ada cctv di gang
saran saya lampu di taman diganti led
ide dong buat pemkot: taman kucing
USUL lampu di gang 3
kami usul agar dibangun polisi tidur
usul
usulkan pos satpam
Saran: jadwal angkut sampah ditambah
idea build a park in jatirasa
suggestion: plant more trees
usul pak, bikin tempat bermain anak di taman kota
usulan warga rw 5: pengadaan tong sampah
kami mengusulkan perbaikan balai warga
kalau boleh saran, bikin aplikasi
saran saja pak jalannya dibuat satu arah
ide saya pasang cctv di tiap gang
masukan: jam buka kelurahan sampai sore
proposal to build a playground
i'd like to suggest a bus lane
mohon dibuatkan jpo di depan sekolah
usull dong min
aspirasi: perpus keliling
ussul
saran bikin taman
usul: lampu hias
usul pasang rambu di simpang
sy mo usul nih
masukan buat walikota
idea for the city: more benches
usulin dong car free day tiap minggu
saya punya ide buat kurangi macet
mengusulkan pelebaran jalan
""",
    ("none", "report"): """
mau lapor got depan rmh mampet jl melati raya
min lapor ada jalan amblas dkt pasar baru bekasi
laporan: tiang listrik miring
pengaduan sampah
lpor jln rusak
komplen nih air pam keruh bgt dr kmrn
selamat malam admin, izin melaporkan penerangan jalan umum padam di jl pulo ribung
lampu pju di depan mushola mati udah 2 minggu
bau busuk dari pabrik di medan satria bikin sesak
ada genangan air setinggi 40 cm di jl raya jatimekar
warung remang2 buka sampe pagi ganggu warga
knalpot brong balapan liar tiap malem minggu di kalimalang
tanggul kali jebol air masuk ke perumahan
There's a big hole on Jalan Raya Narogong
my neighbour burns garbage every night
traffic jam every morning near bulak kapal
please fix the street light near my house
bang ini jalanan ancur bener kapan mao dibenerin
kali meluap ke jalan motor pada mogok
ada anjing gila gigit warga
orang kelurahan minta duit buat bikin surat
terjebak macet parah di summarecon
jalan licin rawan kecelakaan di jatikramat
takut kebakaran kabel listrik semrawut di gang
lampu merah mati bisa tabrakan nanti
bekas kebakaran belum dibersihkan di gang 4
tahun lalu pernah kebakaran di sini, minta hydrant
jalan gelap suka ada begal
pak lurah tolong diperhatikan jalan kampung kami becek kalau hujan
lap lampu pju mati jl kenanga 3
Lapor!!! Sampah di Jl. Nusantara Raya sudah 5 hari tidak diangkut, bau
LAPOR BANJIR JATIASIH
lapor pak
laporan
ad jln rusak dkt skolah
gan ini kok got depan warung saya ga pernah dibersihin ya
masa udah sebulan lampu jalan mati ga ada yg benerin
kenapa sampah di kali tidak pernah dibersihkan?
kapan jalan di depan rumah saya diaspal pak
bisa tolong angkut sampah di tps rw 9
mohon ditindak parkir liar depan rs
anak punk pada nongkrong di lampu merah minta duit maksa
pipa pdam bocor di jalan, air kebuang2
ada mayat kucing di tengah jalan bau
tiang telpon mau roboh
telepon umum rusak dicoret-coret orang
info lampu jalan mati di gang kenari
info pak ada pohon tumbang di jalan ir juanda
alamat rumah saya banjir terus tiap hujan
jam segini masih ada yang karaoke kenceng
cek air pdam di rumah saya keruh kenapa ya
admin tolong jalan di kranji bolong parah
operator truk sampah buang air sampah di jalan
usus ayam dibuang sembarangan di kali
ada ular masuk rumah tolong
polisi tidur ketinggian bikin motor jatuh
jalan ini sering kecelakaan tolong dikasih lampu
jangan sampai ada korban baru diperbaiki
bahaya kalau ada anak jatuh ke got terbuka
saya pernah kecelakaan di situ bulan lalu karena lubang
Jalan Kemakmuran bolong2, udah banyak motor jatuh
Tlong dong pak lampu jln di rw 12 perumnas 2 mati smua
sampah ga diangkut2 seminggu lebih bau bgt min
no street lights in our street since Monday
a tree fell on the road near Summarecon
there is flooding in Pondok Gede
water supply has been off for two days
my street is dark at night
illegal parking in front of my gate every day
can you fix the traffic light at Bulak Kapal
kang, jalan ka sakola ruksak parah loba legok
punten bade lapor lampu pareum di gang abdi
Bang, gue mau ngadu nih, got depan rumah gue mampet
ade ular di rumah aye
banjir nih di bintara udah sepaha
mau lapor
p balap liar di gor tiap malam
Pak RW kami mengeluhkan bau pabrik tahu
warga keluhkan kandang ayam bau
sy mau komplain soal pungli parkir di rsud
JALAN RUSAK DI PEKAYON
pju padam jl ahmad yani bekasi
lampu jalan stop menyala di gang 5
bantuan langsung tunai belum cair
bukan darurat, lampu mati di gang 3
macet gara gara demo
motor saya dicuri tadi malam di parkiran
anak saya jatuh kena lubang di jalan raya siliwangi kemarin
Mohon segera ditangani, jalan depan pasar baru berlubang besar
lampu penerangan di jembatan summarecon mati
gorong-gorong ambrol di jl pemuda
saya mau lapor tapi bingung caranya
lapoorrr min selokan bau
aduh min ini macet mulu tiap sore di perempatan
kabel wifi semrawut di depan rmh sy
ada tumpukan puing bangunan di trotoar
debu proyek tol ganggu pernapasan warga
sungai warnanya hitam bau nyengat
tiap hujan pasti banjir sepinggang pak di perumahan kami
jln di perum sy blm prnh di aspal
pedagang kaki lima menutup trotoar stasiun
petasan tiap malam ganggu bayi
itu lampu merah di simpang galaxy error terus
KTP saya belum jadi2 sudah 6 bulan
loket disdukcapil pelayanannya jutek banget
guru di sdn minta uang perpisahan
antrian puskesmas lama dokternya telat
bau sampah bantargebang nyampe rumah
ledeng mati dari subuh sampe skrg
lapor: parkir mobil di badan jalan, Jl Patriot
pengen lapor ada anjing liar gerombolan di komplek
report: no water for 3 days
There is a snake in my kitchen
the traffic lights are not working at the junction
someone is dumping rubbish by the river
complaint about loud karaoke every night
pothole on my street nearly killed a biker
jalan caringin rusak, tolong di cor
PJU di RW 08 Jakamulya padam total
ada rumah kosong jadi tempat mesum
tolong fogging di rw 4 margamulya
mau nagih janji perbaikan jalan
Sudah seminggu air PDAM tidak mengalir di Perumnas 1
di kayuringin got tersumbat sampah
lampu mati bikin takut begal
sering ada begal di jalan gelap ini tolong pasang lampu
rawan tawuran minta patroli
jalan menurun rawan laka
terjebak macet terus tiap pagi
mohon pagar kali diperbaiki takut ada anak hanyut
kelakuan tetangga bikin kesal
halo min, lampu jalan depan gang kami udah 3 hari ga nyala
LAPOR: SELOKAN TERSUMBAT DI JL KELAPA GADING
pak tolong cek saluran di depan rumah saya mampet
kira kira kapan ya jalan kami diperbaiki, lubangnya makin dalam
tiang pju miring mau roboh di depan sdn 5
ada bangkai anjing di jalan baunya minta ampun
warga komplain limbah laundry dibuang ke got
truk tanah lewat terus jalan jadi licin dan kotor
penutup gorong gorong hilang bahaya buat anak anak
Bpk/Ibu, saya warga rw 10 keberatan dengan cafe yang berisik
jembatan gantung putus talinya
bau menyengat dari selokan pasar
min pohon gede depan rumah mau tumbang
satpol pp tolong tertibkan pengamen di angkot
sy lapor air pdam kotor
laporin nih ada yang buang sampah sembarangan
dear admin, our road is full of holes
I would like to complain about the garbage truck
gara2 galian kabel jalanan jadi rusak
kenapa lampu di taman belum dinyalakan
wc umum di pasar kotor dan bau
banjir udah masuk ke dalam rumah
mobil pribadi parkir di trotoar depan kantor pos
jl. merdeka lobang semua
di rt 4 belum ada penerangan
ngadu dong, tetangga bakar sampah mulu
lapor bos
laporr
reprot broken lamp
mungkin bisa dibuat jalur pejalan kaki
jalan berlubang bahaya bisa bikin kecelakaan
tolong pasang rambu, sering terjadi kecelakaan
tidak ada ambulans di puskesmas
kebakaran kemarin malam belum ada bantuan
""",
    ("none", "start"): """
on
lanjut
aktif
aktifkan lagi sms
mulai lagi
START.
daftar
reg
ON
MULAI
Aktif
lanjut.
""",
    ("none", "status"): """
cek no 123456786 dong
mau cek laporan 123456786
mohon info status laporan saya 123456786
laporan sy no 123456786 kok lama bgt
123456786 gmn?
no lap 123456786
progress laporan
sudah sampai mana laporan saya tentang jalan rusak
udah diproses blm laporan sy
laporan saya kok ga ada kabar
mana tindak lanjut laporan saya
kapan laporan saya dikerjakan
has my report been processed?
check status
nomor 123456789
laporan ku gmn nih
gimana kelanjutan laporan saya kemarin
cek laporan jalan rusak
stattus
cekk laporan
pengen nanya laporan saya kemarin gimana
laporan no 123-456-786
mau tau status laporan
min cek dong laporan aku
apakah laporan saya sudah ditindaklanjuti?
sdh smp mana
sy sdh lapor minggu lalu gmn kelanjutannya
yang kemarin saya laporin udah dikerjain belum
lapor kemarin kok belum ada tindak lanjut
status laporan jalan rusak saya apa ya
123456786 sampai mana?
update dong laporan saya
when will my report be done
check 123456786
any update on 123456786
STATUS 123 456 786
nomer 123456786 pak
#123456786
123456786 gimana kabarnya pak
Cek: 123456786.
where is my report
is my report done yet
I'd like to know the status of my report
LAPORAN SAYA MANA
123456786 tolong dipercepat
cek laporan 123456786 dan 987654321
Cek status laporan no. 123-456-786 atas nama Budi
ini nomor laporan saya 123456786 mohon info
status 123456786
no laporan saya 123456786 gimana progresnya
mohon dicek laporan saya
sy mau tanya laporan sy
laporannya udah sampe mana ya
status donk
sttus
cek laporan dong min
sudah ada perkembangan?
gmn kabar laporannya
laporan saya masih diproses?
tolong infokan status laporan 123456786
kpn laporan sy ditindaklanjuti
123456786 udh selesai blm
cek no. 123-456-786
lacak 123456786
CHECK 123456786
status 123456785
123 45 6786
progress of my complaint
how is my report going
what is the status
laporan dgn nmr 123456786
ngecek dong min udah sampai mana
ga ada kabar nih laporan saya
kok lama bgt sih laporannya
cek 123456786 udah sampai mana
status no 123 456 786
mau nanya status laporan 123456786
laporan 123456786 belum ada kabar
123456786 kok belum ada progres
sudah dicek belum laporan saya
apa kabar laporan saya tanggal 20
hasil laporan saya gimana
laporan sy kemaren smp mana
progress?
chekc 123456786
cek nomor laporan saya
can you check my report
status report 123456786
bagaimana status laporannya
gmn nih laporan gw
udah di tindak lanjut blm laporan sy
""",
    ("none", "stop"): """
berenti
STOP.
Jangan sms lagi!
stop pak
berhenti!
brenti
off
unsubscribe
Stop!
OFF
berenti sms
HENTI
Berhenti.
Unreg
jangan sms lagi!!
Batal Langganan
stop.
unreg.
stop!!!
""",
    ("none", "want_person"): """
bisa telpon saya ga?
pengen ngomong sama petugas dong
tlp balik ya
please call me back
can i talk to someone
admin
hubungi saya pak
agen dong
mau bicara dengan orang bukan mesin
telepon saya jam 3
tolong sambungkan ke petugas
cs nya mana
mau ngobrol sm petugas
agen tolong hubungi saya
mohon ditelpon balik
minta petugas telp saya
saya butuh bicara dengan petugas
bisa minta nomor petugas
pengen ditelepon petugas
talk to human
operator please
i want to speak with an officer
tlg tlp sy
kapan petugas nelpon saya
hubungi petugas
please call me tomorrow
AGEN
agwn
telpn
Petugas!
mau ngobrol sama manusia
tolong dihubungi ya saya butuh bantuan
saya minta ditelfon sore ini
bisa hubungi saya?
telp saya ke no ini ya 0812
pengen bicara sama orangnya langsung
bisa ngomong sama cs?
tolong telponin saya
minta nomer telpon petugas
can an officer call me
call
human please
agen!
agen pliss
saya tidak bisa ngetik tolong telpon
mau ditelfon jam 10
hub saya
customer service
telepon aja
sambungin ke operator dong
tolong call saya
minta tlp balik
petugas dong
agen nya mana
mohon petugas menghubungi saya
saya pengen ngomong langsung
telepon saya sekarang
ga ngerti, telpon aja
please have someone call me
agent please
bisa ditelpon?
boleh minta ditelepon
need to talk to an officer
minta sambungan ke petugas
cp petugas dong
""",
    ("survey_open", "cancel_callback"): """
batal
""",
    ("survey_open", "fixed"): """
sdh
alhamdulillah sudah beres
sudah diperbaiki terima kasih
iya sudah
oke makasih
sip mantap
selesai
yes thanks
dah bener
betul sudah selesai
lampunya udah nyala
iya
udah pak
ok beres
yup
sudah oke, makasih pak
done thanks
sudah bersih
udah ga banjir lagi
mantap sudah rapi
sip
y
fixed, thank you
Alhamdulillah udah, makasih ya
sudah ditambal tapi jelek
ya sudah
ok
YES
lampunya sudah terang lagi terima kasih dinas
udah dong
ya udah beres
sampun
sudah, terima kasih banyak pak
udah mantap
beres boss
yess
iyaa
yaa
okeee
betul
lampu udah nyala
jalannya udah mulus
sudah diaspal
sudah ok
all fixed thanks
problem solved
yes
sdh dikerjakan
udah, makasih
iya udah beres
sudah diangkut sampahnya
sip makasih pak
ok sudah
dah beres bos
beres
okay thanks
bener udah
it's fixed thanks
Alhamdulillah beres
oke
sudah lancar airnya
yup beres
""",
    ("survey_open", "help"): """
bantuan
tolong
""",
    ("survey_open", "info"): """
info ktp
""",
    ("survey_open", "language_en"): """
english
""",
    ("survey_open", "noise"): """
terima kasih
0
6
10
lumayan
makasih
hah?
survey apa ini
""",
    ("survey_open", "not_fixed"): """
belom
masih bolong pak jalannya
engga
boong
tidak
belum selesai kok dibilang selesai
lampu masih mati
sampahnya masih ada
not yet
no, the hole is still there
ga beres sama sekali
baru setengah dikerjain
besoknya rusak lagi
udah tapi cuma sebagian
blm sama sekali pak
belum pak
blm kelar
ngga ada petugas dateng
masih
tidak puas masih kotor
apanya yang selesai
hoax, jalannya masih hancur
nope still leaking
mati lagi lampunya
kok belum ya
cuma ditambal seadanya udah bolong lagi
belum ada perubahan sama sekali
tipu tipu
tdk puas
5 lampu mati lagi
belum ada tindak lanjut
g beres
NO
no it's not fixed
still leaking
petugas datang tapi cuma foto foto doang
belum tau
Belum beres pak, airnya masih keluar
blom dikerjain
Tidak.
gak beres
belum sepenuhnya
kata siapa selesai? masih bolong tuh
masih gelap gulita
cuma dikerjain separo
baru 2 hari udah rusak lagi
nggak
enggak ada yang datang
it's still dark
nobody has come
acan
belum bisa dilewati
sampah masih menggunung
belumm
belum pak masih bau
tidak, lampunya masih mati
blm ada perubahan
ga ada yg kesini
boong ah
masih tetap sama
kurang beres
bukan selesai namanya kalau masih banjir
not fixed
no!!
gak
msh bocor
air masih keruh
blm ada yg dtg
""",
    ("survey_open", "proposal"): """
usul taman bermain di rw 3
""",
    ("survey_open", "rating"): """
sangat puas 5
kasih 4 deh
3 aja
5 makasih pak
bintang lima
nilainya 2
5!!!
empat
4 dari 5
1 kecewa
5 stars
nilai: 5
saya beri bintang 4
123456786 nilai 4
3 lumayan tapi lama
5 sangat memuaskan
4.
nilai saya 5
lima bintang
5/5 mantap
3 bintang aja
saya puas, nilai 5
rate 4
satu
1. sangat kecewa
5 👍
skor 4 dari 5
5 untuk laporan 123456786
4 stars thanks
dapat 5 dari saya
dua
mantap bintang 5
3 lah
nilai empat
kasih bintang 2 aja
4 good job
5 ⭐
nilai 5 dari 5
LIMA
tiga aja deh
4, petugasnya ramah
skor: 3
saya kasih 5 bintang
5 puas banget
1 jelek
bintang 1 ga puas
i give 5
two
123-456-786 5
5 lah
opat
5/5 👍👍
4 aja ya
kasih 5 dong
saya nilai 4
bintangnya 3
5 mantul
tiga
1!!
3, lumayan
5 dr 5
nilai 2 soalnya lama
four
rating 5 bintang
empat bintang
4 untuk 123456786
""",
    ("survey_open", "report"): """
lapor sampah numpuk lagi di jalan melati kranji
mau lapor jalan rusak di jatirasa
di jatiasih ada pohon tumbang menutup jalan raya
mau lapor lagi ada lubang baru di jl kenanga
""",
    ("survey_open", "status"): """
status
cek 123456786
""",
    ("survey_open", "want_person"): """
agen
telpon saya
""",
}
