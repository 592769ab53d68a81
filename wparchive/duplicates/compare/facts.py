"""The facts by which two texts of one form differ: numbers, names, what their titles name.

A weather report, an episode of a series or an obituary keeps its sentences from post to post and
changes only its facts; an editor changes words of all sorts.
"""

from collections.abc import Set
from typing import Literal

import regex

from wparchive.text.normalise import normalise
from wparchive.text.scripts import SPACELESS
from wparchive.text.words import words

# A number; a capitalised word within a sentence; a capitalised word before another one, wherever it
# stands. Scripts without case have their numbers and foreign names.
_NAME_OR_NUMBER = regex.compile(
    r"\p{N}+"
    r"|(?:(?<=[\p{L}\p{N},]\s)|(?<=\p{Lo}))\p{Lu}[\p{Lu}\p{Ll}\p{M}]*"
    r"|(?<![\p{L}\p{M}\p{N}])\p{Lu}[\p{Lu}\p{Ll}\p{M}]*(?=\s\p{Lu})"
)
# A template is one text with other facts. An edit corrects a date or a name, rarely three.
_FEWEST_CHANGED = 3
_SHARE_CHANGED = 0.5
_OUT_OF_PROPORTION = 3.0

_SPACELESS_RUN = regex.compile(f"[{SPACELESS}]{{2,}}")
_SPACELESS_WORD = regex.compile(f"[{SPACELESS}]")
_IDEOGRAPH = regex.compile(r"\p{Han}")
# Inflected names are the same name: Berlin and Berlins, Москва and Москвы.
_SHORTEST_STEM = 4
_STEM_SHARE = 0.7
_LONGEST_ENDING = 4
_FIRST_BEYOND_CYRILLIC = "\u0530"
"""From here on words are shorter: Arabic and Hebrew write no vowels, Korean writes syllables."""

TitleDifference = Literal["none", "numbers", "words"]


def names_and_numbers(text: str) -> frozenset[str]:
    """Return the numbers and names of a text as it was written (case matters), in normal form."""
    return frozenset(words(normalise("\n".join(set(_NAME_OR_NUMBER.findall(text))))))


def are_mostly_facts(facts: Set[str], changed: Set[str], kept: Set[str]) -> bool:
    """Return whether what differs are mostly facts, and most facts differ.

    `changed` are words that only this text has, `kept` words that both have, `facts` the names and
    numbers of this text.
    """
    facts_changed = len(changed & facts)
    facts_kept = len(kept & facts)
    share = facts_changed / max(1, facts_changed + facts_kept)
    if facts_changed < _FEWEST_CHANGED or share < _SHARE_CHANGED:
        return False
    others_changed = len(changed - facts)
    others_kept = len(kept - facts)
    return share >= _OUT_OF_PROPORTION * others_changed / max(1, others_changed + others_kept)


def title_difference(a: str, b: str) -> TitleDifference:
    """Return by what two titles differ.

    `numbers`: each has numbers that the other lacks, and nothing else differs (`Part 5`, `Part 6`).
    Months, weekdays, seasons and ordinals count as numbers (`Meeting in May`, `Meeting in June`).
    """
    words_a = words(normalise(a))
    words_b = words(normalise(b))
    if words_a == words_b:
        return "none"
    rest_a = _words_of_no_order(normalise(a))
    rest_b = _words_of_no_order(normalise(b))
    if rest_a == rest_b and len(rest_a) < len(words_a) and len(rest_b) < len(words_b):
        return "numbers"
    return "words"


def _words_of_no_order(normalised: str) -> list[str]:
    """Return the words of a text in normal form that do not say which one of a row it is.

    `Part 5`, `5월 모임`, `Meeting on the first Monday in May`: what is left is equal for all of a
    row.
    """
    spaced = _SPACELESS_NAMES.sub("0", normalised)
    return [word for word in words(spaced) if not _is_of_order(word)]


def _is_of_order(word: str) -> bool:
    """Tell whether a word is a number (`5`, `5th`, `5월`), a month, a weekday or the like."""
    if word[0].isnumeric() or not _CALENDAR_NAMES.isdisjoint((word, _PREFIX.sub("", word, 1))):
        return True
    ends = range(max(_SHORTEST_STEM, len(word) - _LONGEST_ENDING), len(word) + 1)
    return any(word[:end] in _CALENDAR_STEMS for end in ends)


def title_words(title: str) -> frozenset[str]:
    """Return the words of a title that may say what a post is about: all if none is long enough."""
    found = words_and_runs(normalise(title))
    return frozenset(word for word in found if len(word) >= _shortest(word)) or found


def _shortest(word: str) -> int:
    """Return how long a word must be to tell anything: short ones are `the`, `und`, `для`."""
    if word < _FIRST_BEYOND_CYRILLIC:
        return 4
    return 2


def words_and_runs(normalised: str) -> frozenset[str]:
    """Return the words of a text in normal form.

    Of scripts without spaces these are short runs of characters: single ones say too little.
    """
    found = frozenset(words(normalised))
    if normalised.isascii():
        return found
    spaced = {word for word in found if not _SPACELESS_WORD.match(word)}
    return frozenset(spaced) | _character_runs(normalised)


def _character_runs(normalised: str) -> frozenset[str]:
    """Return what stands for words in scripts without spaces.

    These are pairs with an ideograph, and three of the other characters, which say less.
    """
    found: set[str] = set()
    for run in _SPACELESS_RUN.findall(normalised):
        for start in range(len(run) - 1):
            size = 3
            if _IDEOGRAPH.search(run, start, start + 2):
                size = 2
            if start + size <= len(run):
                found.add(run[start : start + size])
    return frozenset(found)


def named(wanted: Set[str], there: Set[str]) -> frozenset[str]:
    """Return those words of a title that are among the words of a text.

    Endings may differ, as they do in most languages: the first part of a long word is enough.
    """
    return frozenset(word for word in wanted if word in there or _has_stem(word, there))


def _has_stem(word: str, there: Set[str]) -> bool:
    if len(word) < _SHORTEST_STEM:
        return False
    stem = word[: max(_SHORTEST_STEM, round(len(word) * _STEM_SHARE))]
    return any(other.startswith(stem) for other in there)


# Words that say which one of a row: months, weekdays, seasons, ordinals, in some 65 languages.
# Months and weekdays are those of the Unicode CLDR, with the cases in which Slavic languages use
# them. All are in normal form.
_CALENDAR_WORDS = """
    abendua abril abuztua acht achte achten achter achtste agost agosti agosto agustus ahad
    aibreán alhamisi anden andra andre antradienis août apirila aprel april aprile aprili aprilie
    aprill aprilu apríl apríla aprīlis aralık asteartea asteazkena astelehena august augusta
    augusti augusts augustus augusztus automne autumn autunno avgust avgustu avqust avril awst
    axşamı azaroa ağustos ba balandis balandžio bazar bealtaine birinci birželio birželis březen
    března březnu bảy bốn ceturtdiena chorshanba chwefror chín cinq cinquième csütörtök cuarta
    cuarto cuma cumartesi czerwca czerwcu czerwiec czwarta czwartek czwarty céadaoin cümə decembar
    december decembra decembrie decembris decembro decembru decimo deireadh dekabr derde desemba
    desember desembre detsember deux deuxième dezember dezembro dhjetor dicembre diciembre diel
    dienstag dijous dilluns dimanche dimarts dimecres dinsdag disember dissabte diumenge divendres
    dixième domenica domhnaigh domingo donderdag donnerstag drei dritte dritten dritter druga
    drugi druhý duben dubna dubnu duminică dushanba dydd déardaoin décembre décimo dördüncü eanáir
    ebrill eerste efterår eight eighth eins ekaina ekim eleven elf elokuu elokuuta enero enjte
    erste ersten erster ertəsi esmaspäev estate eylül fall feabhra febbraio febreiro febrer
    febrero februar februari februarie februaru february február februára februāris febrúar feira
    femte fevereiro fevral fifth fimmtudagur first five fjerde fjärde forår four fourth fredag
    freitag friday frühjahr frühling février fómhair första föstudagur første fünf fünfte fünften
    fünfter gegužė gegužės gener gennaio giovedì giugno gorffennaf grudnia grudniu grudzień
    gruodis gruodžio gusht gwener hai haoine haziran heinäkuu heinäkuuta helmikuu helmikuuta
    herbst herfst hiver huhtikuu huhtikuuta huit huitième hydref hétfő hënë höst ianuarie iau
    igandea ii iii ijumaa ikinci ilkbahar inverno invierno ionawr iraila isnin iulie iunie iv ix
    iyul iyun iúil jaanuar janar janeiro januar januari januarie januaru january január januára
    janvier janvāris janúar jaro jesień jeudi joi joulukuu joulukuuta jueves juillet juin jul
    julai julho juli julie julij julio juliol julu july juma jumaat jumamosi jumanne jumapili
    jumat jumatano jumatatu jun june junho juni junie junij junio junu juny juuli juuni júl júla
    július júlí jún júna június júní jūlijs jūnijs kamis kasım kedd kedua keempat kelima
    keskiviikko keskiviikkona kesä kesäkuu kesäkuuta ketiga ketvirtadienis kevät khamis kolmapäev
    kolovoz kolovoza kolovozu korrik kovas kovo květen května květnu kwiecień kwietnia kwietniu
    kış lapkritis lapkričio larunbata last lato lauantai lauantaina laugardagur laupäev laurdag
    leden ledna lednu lente liepa liepos lipanj lipca lipcu lipiec lipnja lipnju listopad
    listopada listopadu listopadzie llun lokakuu lokakuuta luain luglio lundi lunedì lunes luni
    luns lutego luty lutym léto lördag lørdag lúnasa maaliskuu maaliskuuta maanantai maanantaina
    maandag maart mac machi maggio mai maiatza maig maijs maio maj maja maju mandag marca march
    marcu mardi marec maret marraskuu marraskuuta mars mart martedì martes martie marts martu
    martxoa martë marzec marzo març março marți mawrth may mayo mayıs maí medi mehefin mei
    meitheamh mercher mercoledì mercredi meán miercuri minggu mittwoch miércoles miðvikudagur
    monday montag máirt máj mája május mánudagur március márta märts märz måndag mércores mërkurë
    mười nedelja nedeľa nedjelja neděle neděli negende neljapäev neuf neun neunte neuvième next
    niedziela niedzielę nine ninth nisan noiembrie nollaig nono novemba novembar november novembra
    novembre novembris novembro novembru noveno noviembre noyabr nëntor nóvember năm ocak octava
    octavo october octobre octombrie octubre ogos oitavo oktabr oktoba oktobar oktober oktobris
    oktobru oktoober oktyabr október októbra one onsdag osteguna ostirala otoño otrdiena otsaila
    ottavo ottobre outono outubro ožujak ožujka ožujku payshanba pazar pazartesi październik
    października październiku penktadienis perjantai perjantaina pertama perşembe petak petek
    piatok piektdiena pierwsza pierwszy pirmadienis pirmdiena piątek piąty podzim pondelok pondělí
    ponedeljak ponedeljek ponedjeljak poniedziałek premier première premte prill prima primavera
    primeiro primera primero primo printemps prosinac prosinca prosince prosinci prosincu prosinec
    první pátek péntek pühapäev qershor quarta quarto quatre quatrième quinta quinto rabu reede
    rhagfyr rugpjūtis rugpjūčio rugsėjis rugsėjo rujan rujna rujnu sabato sabtu sadwrn salı samedi
    samhain samstag saterdag sathairn saturday sausio sausis sechs sechste sechsten sechster
    second seconda secondo segunda segundo sekmadienis selasa senin sentabr sentyabr sept septemba
    septembar september septembra septembre septembrie septembris septembru septiembre septième
    seshanba sestdiena sesto setembre setembro settembre settimo seven seventh sexta sexto shanba
    shkurt shtator shtunë sieben siebte siebten siebter sierpień sierpnia sierpniu siječanj
    siječnja siječnju six sixième sixth sjunde sjätte sobota sobotu sobotę sommar sommer sonbahar
    sondag sonntag spalio spalis spring sreda srijeda srpanj srpen srpna srpnja srpnju srpnu
    streda studeni studenoga studenom styczeń stycznia styczniu středa středu subota sul summer
    sunday sunnudagur sunnuntai sunnuntaina svibanj svibnja svibnju svētdiena syksy syyskuu
    syyskuuta szeptember szerda szombat sábado sáu sâmbătă séptima séptimo söndag søndag tachwedd
    talvi tammikuu tammikuuta teisipäev temmuz ten tenth terceira terceiro tercera tercero terza
    terzo terça tetor third three thursday tiende tiistai tiistaina tirsdag tisdag torek torsdag
    torstai torstaina toukokuu toukokuuta travanj travnja travnju tredje trečiadienis trešdiena
    trois troisième trzeci trzecia tuesday tweede twelve two tysdag tám třetí tư urria urtarrila
    utorak utorok uztaila vasario vasaris vasárnap veebruar veljača veljače veljači vendredi
    venerdì venres verano verão vi vier vierde viernes vierte vierten vierter vii viii vijfde
    vineri vinter vrijdag vrydag vår wednesday winter wiosna woensdag wrzesień września wrześniu
    wtorek xaneiro xi xii xiii xiv xoves xullo xuño xv yakshanba yanvar yaz zaterdag zehn zehnte
    zehnten zesde zevende zima zomer zondag zwei zweite zweiten zweiter zwölf září ágúst április
    åttonde çarşamba çərşənbə été únor února únoru úterý üçüncü þriðjudagur červen července
    červenci červenec června červnu četrtek četvrtak čtvrtek čtvrtý říjen října říjnu środa środę
    şubat şənbə šeštadienis štvrtok απρίλιοσ απριλίου αυγούστου αύγουστοσ δεκέμβριοσ δεκεμβρίου
    δευτέρα ιανουάριοσ ιανουαρίου ιουλίου ιουνίου ιούλιοσ ιούνιοσ κυριακή μάιοσ μάρτιοσ μαΐου
    μαρτίου νοέμβριοσ νοεμβρίου οκτωβρίου οκτώβριοσ πέμπτη παρασκευή σάββατο σεπτέμβριοσ
    σεπτεμβρίου τετάρτη τρίτη φεβρουάριοσ φεβρουαρίου август августа августе апрел апреле апрель
    апреля април аравдугаар арван аўторак ақпан баасан бейсенбі бейшемби березень березня березні
    бямба верасень верасня вересень вересня вересні весна весной взимку влітку восени воскресенье
    восьмой вторая вторник второе второй вівторок грудень грудня грудні гуравдугаар даваа декабр
    декабре декабрь декабря декември децембар долоодугаар друга другий душанбе дүйсенбі дүйшөмбү
    дөрөвдүгээр есдүгээр жексенбі жекшемби желтоқсан жнівень жніўня жовтень жовтня жовтні жума
    жұма зима зимой зургаадугаар ишемби июл июле июль июля июн июне июнь июня кастрычнік
    кастрычніка квітень квітня квітні красавік красавіка лето летом липень липня липні листопад
    листопада листопаді лхагва лютага лютий лютого лютому люты ліпень ліпеня лістапад лістапада
    літо мае май мамыр март марта марте маусым мая мај мягмар навесні наймдугаар наурыз недела
    неделя недеља неділю неділя новембар ноември ноябр ноябре ноябрь ноября нэгдүгээр нядзеля ням
    октобар октомври октябр октябре октябрь октября осень осенью осінь панядзелак панҷшанбе первая
    первое первый перша перший петак петок петък понеделник понедельник понедељак понеділок
    пятница пятницу пятніца пятый пүрэв сабота сакавік сакавіка сар седьмой сейсенбі сенбі сентябр
    сентябре сентябрь сентября септембар септември серада середа середу серпень серпня серпні
    сешанбе снежань снежня среда среду сряда студзень студзеня суббота субботу субота суботу
    събота січень січня січні сәрсенбі сәуір тавдугаар тамыз травень травня травні третий третье
    третья третя третій уторак фебруар феврал феврале февраль февраля февруари хоёрдугаар чацвер
    червень червня червні четвер четверг четвертая четвертий четвертый четвртак четврток четвъртък
    чоршанбе чэрвень чэрвеня шанбе шаршемби шейшемби шестой шілде юли юни якшанбе январ январе
    январь января януари ятниця јануар јануари јул јули јун јуни қазан қараша қаңтар қыркүйек
    ҷумъа ապրիլ ապրիլի դեկտեմբեր դեկտեմբերի երեքշաբթի երկուշաբթի կիրակի հինգշաբթի հոկտեմբեր
    հոկտեմբերի հուլիս հուլիսի հունիս հունիսի հունվար հունվարի մայիս մայիսի մարտ մարտի նոյեմբեր
    նոյեմբերի շաբաթ ուրբաթ չորեքշաբթի սեպտեմբեր սեպտեմբերի փետրվար փետրվարի օգոստոս օգոստոսի אביב
    אוגוסט אוקטובר אפריל דצמבר חורף חמישי יולי יום יוני ינואר מאי מרץ נובמבר ספטמבר סתיו פברואר
    קיץ ראשון ראשונה רביעי שבת שישי שלישי שלישית שני שנייה ابريل اتوار اغسطس اكتبر اكتوبر الاثنين
    الاحد الاربعاء الاول الاولي الثالث الثالثه الثامن الثاني الثانيه الثلاثاء الجمعه الخامس الخريف
    الخميس الرابع الربيع السابع السادس السبت الشتاء الصيف اوت اوريل اوني اپريل اګست اگست بده بهار
    تابستان جمعرات جمعه جنوري جولاي جولايي جون دسامبر دسمبر دوشنبه ديسمبر زمستان سبتمبر ستمبر سه
    سهشنبه سيپتمبر سپتامبر سپتمبر شنبه فبراير فبروري فروري فوريه فيبروري مارس مارچ مايو منگل مه مي
    ميي نوامبر نوفمبر نومبر هفته يكشنبه يناير يوليو يونيو پاييز پنج پنجشنبه پير چهارشنبه ژانويه
    ژوين ژوييه अक्टूबर अक्टोबर अगस्ट अगस्त अप्रिल अप्रैल आइतबार एप्रिल ऑक्टोबर ऑगस्ट गुरुवार जनवरी
    जानेवारी जुन जुलाई जुलै जून डिसेंबर डिसेम्बर दिसंबर नवंबर नोभेम्बर नोव्हेंबर फ़रवरी फेब्रुअरी
    फेब्रुवारी बिहिबार बुधबार बुधवार मंगलवार मंगळवार मई मङ्गलबार मार्च मे रविवार शनिबार शनिवार
    शुक्रबार शुक्रवार सप्टेंबर सितंबर सेप्टेम्बर सोमबार सोमवार অক্টোবর আগস্ট এপ্রিল জানুয়ারি জুন
    জুলাই ডিসেম্বর নভেম্বর ফেব্রুয়ারি বুধবার বৃহস্পতিবার মঙ্গলবার মার্চ মে রবিবার শনিবার শুক্রবার
    সেপ্টেম্বর সোমবার ਅਕਤੂਬਰ ਅਗਸਤ ਅਪ੍ਰੈਲ ਐਤਵਾਰ ਜਨਵਰੀ ਜੁਲਾਈ ਜੂਨ ਦਸੰਬਰ ਨਵੰਬਰ ਫ਼ਰਵਰੀ ਬੁੱਧਵਾਰ ਮਈ ਮਾਰਚ
    ਮੰਗਲਵਾਰ ਵੀਰਵਾਰ ਸਤੰਬਰ ਸ਼ਨੀਵਾਰ ਸ਼ੁੱਕਰਵਾਰ ਸੋਮਵਾਰ એપ્રિલ ઑક્ટોબર ઑગસ્ટ ગુરુવાર જાન્યુઆરી જુલાઈ જૂન
    ડિસેમ્બર નવેમ્બર ફેબ્રુઆરી બુધવાર મંગળવાર માર્ચ મે રવિવાર શનિવાર શુક્રવાર સપ્ટેમ્બર સોમવાર
    அக்டோபர் ஆகஸ்ட் ஏப்ரல் சனி செப்டம்பர் செவ்வாய் ஜனவரி ஜூன் ஜூலை ஞாயிறு டிசம்பர் திங்கள் நவம்பர்
    பிப்ரவரி புதன் மார்ச் மே வியாழன் வெள்ளி అక్టోబర్ ఆగస్టు ఆదివారం ఏప్రిల్ గురువారం జనవరి జులై
    జూన్ డిసెంబర్ నవంబర్ ఫిబ్రవరి బుధవారం మంగళవారం మార్చి మే శనివారం శుక్రవారం సెప్టెంబర్ సోమవారం
    ಅಕ್ಟೋಬರ್ ಆಗಸ್ಟ್ ಏಪ್ರಿಲ್ ಗುರುವಾರ ಜನವರಿ ಜುಲೈ ಜೂನ್ ಡಿಸೆಂಬರ್ ನವೆಂಬರ್ ಫೆಬ್ರವರಿ ಬುಧವಾರ ಭಾನುವಾರ
    ಮಂಗಳವಾರ ಮಾರ್ಚ್ ಮೇ ಶನಿವಾರ ಶುಕ್ರವಾರ ಸೆಪ್ಟೆಂಬರ್ ಸೋಮವಾರ ഏപ്രിൽ ഒക്ടോബർ ഓഗസ്റ്റ് ചൊവ്വാഴ്ച ജനുവരി
    ജൂലൈ ജൂൺ ഞായറാഴ്ച ഡിസംബർ തിങ്കളാഴ്ച നവംബർ ഫെബ്രുവരി ബുധനാഴ്ച മാർച്ച് മേയ് വെള്ളിയാഴ്ച
    വ്യാഴാഴ്ച ശനിയാഴ്ച സെപ്റ്റംബർ අඟහරුවාදා ඇසළ ඉරිදා ඉල් උඳුවප් දුරුතු නවම් නිකිණි පොසොන් බක්
    බදාදා බ්රහස්පතින්දා බිනර මැදින් වප් වෙසක් සඳුදා සිකුරාදා සෙනසුරාදා აგვისტო აპრილი დეკემბერი
    თებერვალი იანვარი ივლისი ივნისი კვირა მაისი მარტი ნოემბერი ოთხშაბათი ორშაბათი ოქტომბერი
    პარასკევი სამშაბათი სექტემბერი შაბათი ხუთშაბათი ሐሙስ ማርች ማክሰኞ ሜይ ረቡዕ ሰኞ ሴፕቴምበር ቅዳሜ ኖቬምበር ኤፕሪል
    እሑድ ኦክቶበር ኦገስት ዓርብ ዲሴምበር ጁላይ ጁን ጃንዋሪ ፌብሩዋሪ
    가을 겨울 금요일 목요일 봄 수요일 여름 월요일 일요일 토요일 화요일
"""
_CALENDAR_NAMES = frozenset(_CALENDAR_WORDS.split())
_CALENDAR_STEMS = frozenset(
    name[: max(_SHORTEST_STEM, len(name) - 1)] for name in _CALENDAR_NAMES if len(name) > 5
)
"""Names without their last letter, because an ending may follow: `tammikuu`, `tammikuussa`."""
_SPACELESS_WORDS = """
    กรกฎาคม กันยายน กุมภาพันธ์ จันทร์ ตุลาคม ธันวาคม พฤศจิกายน พฤษภาคม พฤหัสบดี พุธ มกราคม
    มิถุนายน มีนาคม ศุกร์ สิงหาคม อังคาร อาทิตย์ เมษายน เสาร์ ກັນຍາ ກຸມພາ ກໍລະກົດ ຈັນ ຕຸລາ ທັນວາ
    ພະຈິກ ພະຫັດ ພຶດສະພາ ພຸດ ມັງກອນ ມິຖຸນາ ມີນາ ສິງຫາ ສຸກ ອັງຄານ ອາທິດ ເມສາ ເສົາ ကြာသပတေး စက်တင်ဘာ
    စနေ ဇန်နဝါရီ ဇူလိုင် ဇွန် တနင်္ဂနွေ တနင်္လာ ဒီဇင်ဘာ နိုဝင်ဘာ ဖေဖော်ဝါရီ ဗုဒ္ဓဟူး မတ် မေ သောကြာ
    အင်္ဂါ အောက်တိုဘာ ဧပြီ ဩဂုတ် កក្កដា កញ្ញា កុម្ភៈ ចន្ទ ច័ន្ទ តុលា ធ្នូ ពុធ ព្រហស្បតិ៍ មករា
    មិថុនា មីនា មេសា វិច្ឆិកា សីហា សុក្រ សៅរ៍ អង្គារ អាទិត្យ ឧសភា
"""
_SPACELESS_NAMES = regex.compile(
    "|".join(sorted(_SPACELESS_WORDS.split(), key=len, reverse=True))
    + "|[月火水木金土日]曜日?|(?:星期|周|週|礼拜|禮拜)[一二三四五六日天]|[春夏秋冬]"
    + "|[上中下](?=[篇集卷巻]?\\W*$)|[前後后中](?=[編编篇])"
)
# Hebrew writes prepositions and the article as a part of the word.
_PREFIX = regex.compile("[בלהומשכ](?=[א-ת]{3})")
