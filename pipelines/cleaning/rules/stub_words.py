"""Words and phrases that plug-ins, themes and editors write around posts, in many languages.

A phrase counts only where it is a whole line, or stands where the rules in `stubs.py` and
`post_lines.py` look for it.
"""

import re

_STEP = re.compile(r"^[«‹←⟵]|[»›→⟶]$")
_BRACKETS = "[]()（）【】「」:： \t.…-–—*~!！"
_ARROW = re.compile(r"[«»‹›←→➡▶►▼⇒>]")
_ARROWS = re.compile(r"\s*[«»‹›←→➡▶►▼⇒>]+\s*")


def _phrases(phrases: str) -> frozenset[str]:
    return frozenset(phrases.split("|"))


# What plug-ins write above posts that they found, or fail to find.
RELATED = _phrases(
    "related|related posts|related articles|verwandt|ähnliche beiträge|verwandte beiträge|"
    "articles similaires|articles liés|similaires|relacionado|relacionados|"
    "entradas relacionadas|artículos relacionados|posts relacionados|artigos relacionados|"
    "correlati|articoli correlati|gerelateerd|gerelateerde berichten|relaterade|"
    "relaterade inlägg|relaterede|relatert|powiązane|podobne wpisy|související|súvisiace|"
    "terkait|artikel terkait|berkaitan|ilgili|ilgili yazılar|похожее|похожие записи|"
    "похожие статьи|по теме|схожі записи|пов’язане|関連|関連記事|関連投稿|相关|相关文章|"
    "相關|相關文章|관련|관련 글|관련글|เรื่องที่เกี่ยวข้อง|บทความที่เกี่ยวข้อง|ذات صلة|"
    "مقالات ذات صلة|مواضيع ذات صلة|مرتبط|संबंधित|संबंधित पोस्ट|liên quan|bài liên quan|"
    "σχετικά|קשור|پست‌های مرتبط|مطالب مرتبط"
)
# What stands over a place for advertisements, which a script fills.
ADVERTISEMENT = _phrases(
    "advertisement|advertisements|advertising|advertisement continue reading"
    "|advertisement - continue reading below|advertisement - scroll to continue|sponsored links"
    "|story continues below advertisement|article continues below advertisement|anzeige|werbung"
    "|publicidad|anuncio|anuncios|publicité|annonce|pubblicità|publicidade|iklan|advertentie"
    "|annons|reklame|mainos|reklama|reklam|реклама|广告|廣告|広告|スポンサーリンク"
    "|スポンサードリンク|광고|โฆษณา|إعلان|إعلانات|विज्ञापन|quảng cáo|διαφήμιση|פרסומת|تبلیغات"
)
# What plug-ins write over buttons that a script fills.
SHARE = _phrases(
    "share|share this|share this post|share this article|share on|like this|teilen|teilen mit"
    "|beitrag teilen|gefällt mir|compartir|compártelo|comparte esto|comparte|me gusta esto|partager"
    "|partagez|partager cet article|j’aime ça|condividi|mi piace|compartilhar|compartilhe isso"
    "|delen|dela|del|udostępnij|sdílet|paylaş|bagikan|bagikan ini|поделиться|поделиться ссылкой"
    "|поделитесь|поширити|シェア|シェアする|この記事をシェア|共有|共有:|分享|分享到|分享本文"
    "|공유하기"
    "|点赞|點讚|收藏|打赏|打賞|赞赏|打赏作者|赞赏作者|微信打赏|支付宝打赏|微信扫一扫|いいね|좋아요"
    "|แชร์|แชร์เรื่องนี้|شارك|شارك هذا الموضوع|مشاركة|साझा करें|शेयर करें|chia sẻ|κοινοποίηση"
)
# What links to the rest of a text are called.
MORE = _phrases(
    "read more|more|continue reading|keep reading|full story|see more|view more|weiterlesen"
    "|weiter lesen|mehr lesen|mehr erfahren|leer más|seguir leyendo|sigue leyendo|ver más"
    "|lire la suite|lire plus|en savoir plus|voir plus|leggi tutto|continua a leggere|leggi di più"
    "|leia mais|continue lendo|saiba mais|ler mais|lees meer|lees verder|läs mer|les mer|læs mere"
    "|czytaj dalej|czytaj więcej|číst dál|devamını oku|devamı|selengkapnya|baca selengkapnya"
    "|lanjut membaca|читать далее|читать дальше|читать полностью|подробнее|далее|детальніше"
    "|続きを読む|もっと見る|もっと読む|詳しくはこちら|阅读全文|閱讀全文|阅读更多|查看更多"
    "|查看全文|更多"
    "|展开全文|展开阅读全文|继续阅读|繼續閱讀|더 보기|더보기|อ่านต่อ|อ่านเพิ่มเติม|اقرأ المزيد"
    "|المزيد"
    "|متابعة القراءة|और पढ़ें|आगे पढ़ें|đọc thêm|xem thêm|διαβάστε περισσότερα|קרא עוד|ادامه مطلب"
)
# What automatic blogs call the link to where they took a text from.
SOURCE = _phrases(
    "source|sources|via|source link|quelle|quellen|la source|fuente|fuentes|fonte|fonti|"
    "bron|källa|kilde|lähde|źródło|zdroj|sumber|kaynak|источник|ссылка|джерело|出典|引用元|"
    "ソース|来源|來源|原文|原文链接|출처|ที่มา|المصدر|مصدر|स्रोत|nguồn|πηγή|מקור|منبع"
)


# What editors and plug-ins write before a line to another post, or over a list of such lines.
ALSO_READ = _phrases(
    "read also|also read|read more|read next|see also|related|related reading|related posts"
    "|related articles|related stories|further reading|recommended|recommended reading"
    "|you may also like"
    "|you might also like|you may also be interested in|more on this topic|more on this|don't miss"
    "|don’t miss|up next|editor's pick|editors' picks|must read|trending now"
    "|lesen sie auch|lesen sie mehr|auch interessant|das könnte sie auch interessieren"
    "|mehr zum thema"
    "|das könnte dich auch interessieren|passend dazu|weitere artikel|ähnliche artikel|lesetipp"
    "|ähnliche beiträge|verwandte artikel|verwandte beiträge|zum weiterlesen|siehe auch"
    "|lire aussi|à lire aussi|à lire également|lire également|voir aussi|sur le même sujet"
    "|à découvrir"
    "|articles similaires|articles liés|vous aimerez aussi|pour aller plus loin|à ne pas manquer"
    "|lee también|leer también|lea también|te puede interesar|también te puede interesar"
    "|te podría interesar|quizás te interese|no te pierdas|puede interesarte|más sobre este tema"
    "|ver también|vea también|artículos relacionados|entradas relacionadas|noticias relacionadas"
    "|leggi anche|potrebbe interessarti|potrebbe interessarti anche|articoli correlati"
    "|leia também|leia mais|veja também|você também pode gostar|artigos relacionados"
    "|lees ook|lees meer|zie ook|läs också|les også|læs også|czytaj także|zobacz także"
    "|przeczytaj też"
    "|přečtěte si také|čtěte také|ayrıca okuyun|bunları da okuyun|ilginizi çekebilir"
    "|baca juga|simak juga|lihat juga|artikel terkait|berita terkait|artikel menarik lainnya"
    "|читайте также|читай также|смотрите также|читайте по теме|по теме|похожие статьи"
    "|вам может быть интересно|вам также может понравиться|ещё по теме|еще по теме|другие статьи"
    "|рекомендуем прочитать|рекомендуем|материалы по теме|читайте далее|читайте ещё|читайте еще"
    "|читайте також|дивіться також|関連記事|関連記事はこちら|関連リンク|あわせて読みたい"
    "|こちらの記事もおすすめ"
    "|こちらもおすすめ|おすすめ記事|合わせて読みたい|併せて読みたい|次に読みたい記事"
    "|こちらもどうぞ|人気記事"
    "|相关阅读|相关文章|推荐阅读|延伸阅读|猜你喜欢|往期推荐|往期回顾|热门文章|更多阅读|更多精彩"
    "|精彩推荐"
    "|相關閱讀|相關文章|推薦閱讀|延伸閱讀|猜你喜歡|更多文章|同主题文章|함께 읽기|관련 기사"
    "|관련 글|추천 글"
    "|함께 보면 좋은 글|อ่านเพิ่มเติม|อ่านต่อ|บทความที่เกี่ยวข้อง|ข่าวที่เกี่ยวข้อง"
    "|เรื่องที่เกี่ยวข้อง|اقرأ أيضا|اقرأ أيضاً|اقرأ ايضا|إقرأ أيضا"
    "|مقالات ذات صلة|مواضيع ذات صلة|شاهد أيضا|قد يهمك أيضا|قد يعجبك أيضا|यह भी पढ़ें|ये भी पढ़ें"
    "|इसे भी पढ़ें|संबंधित लेख"
    "|संबंधित खबरें|xem thêm|đọc thêm|bài viết liên quan|có thể bạn quan tâm|διαβάστε επίσης"
    "|קראו גם"
)
# What an author writes before a link to news of the same matter: it belongs to the text.
OF_LATER = _phrases(
    "update|updated|update below|correction|corrected|edit|edited|erratum|addendum|postscript|ps"
    "|p.s|nachtrag|korrektur|aktualisierung|ergänzung|mise à jour|rectificatif|actualización"
    "|corrección|atualização|correção|errata|aggiornamento|rettifica|correctie|aanvulling|rättelse"
    "|rettelse|korjaus|aktualizacja|sprostowanie|aktualizace|oprava|güncelleme|düzeltme"
    "|pembaruan|ralat|обновление|обновлено|апдейт|исправление|дополнение|оновлення|追記|更新|訂正"
    "|更正|补充|補充|업데이트|정정|แก้ไข|อัปเดต|تحديث|تصحيح|अपडेट|cập nhật|ενημέρωση|עדכון"
)
# What stands over the card of an author.
ABOUT_AUTHOR = _phrases(
    "about the author|about the authors|about the writer|author bio|about author|über den autor"
    "|über die autorin|über die autoren|zum autor|zur autorin|à propos de l’auteur"
    "|à propos de l'auteur"
    "|à propos de l’autrice|à propos de l'autrice|l’auteur|sobre el autor|sobre la autora"
    "|acerca del autor"
    "|acerca de la autora|sull’autore|sull'autore|l’autore|sobre o autor|sobre a autora"
    "|over de auteur"
    "|om författaren|om forfatteren|o autorze|o autorce|yazar hakkında|tentang penulis|об авторе"
    "|об авторах|про автора|この記事を書いた人|この記事を書いたひと|この記事の著者"
    "|著者プロフィール|ライタープロフィール"
    "|筆者プロフィール|執筆者プロフィール|著者紹介|作者简介|作者介绍|关于作者|作者簡介|作者介紹"
    "|關於作者"
    "|글쓴이 소개|저자 소개|เกี่ยวกับผู้เขียน|عن الكاتب|نبذة عن الكاتب|लेखक के बारे में"
    "|về tác giả|σχετικά με τον συγγραφέα"
)
# What stands before the links to the posts before and after.
STEP_LABELS = _phrases(
    "previous|previous post|previous article|next|next post|next article|prev|vorheriger beitrag"
    "|nächster beitrag|vorheriger artikel|nächster artikel|zurück|weiter|anterior|siguiente"
    "|entrada anterior|entrada siguiente|artículo anterior|artículo siguiente|précédent|suivant"
    "|article précédent|article suivant|precedente|successivo|articolo precedente"
    "|articolo successivo"
    "|próximo|post anterior|próximo post|vorige|volgende|föregående|nästa|poprzedni|następny"
    "|sebelumnya"
    "|selanjutnya|önceki|sonraki|предыдущая|следующая|предыдущая запись|следующая запись"
    "|предыдущий пост"
    "|следующий пост|назад|вперед|前の記事|次の記事|前へ|次へ|上一篇|下一篇|上一章|下一章|이전 글"
    "|다음 글"
    "|السابق|التالي|المقال السابق|المقال التالي|पिछला|अगला|ก่อนหน้า|ถัดไป|bài trước|bài sau"
)
# What plug-ins write beside buttons that a script fills, and over the text of a recipe.
_BUTTONS = _phrases(
    "like loading|loading|me gusta cargando|cargando|gefällt mir wird geladen|wird geladen"
    "|j’aime chargement|chargement|mi piace caricamento|caricamento|curtir carregando|carregando"
    "|нравится загрузка|загрузка|vind-ik-leuk aan het laden|suka memuat|memuat|読み込み中|加载中"
    "|print friendly|versión para imprimir|versione stampabile|druckversion|версия для печати"
    "|добавить в закладки|в избранное|subir|volver arriba|valora este artículo"
    "|print|print this page|print this post|print recipe|jump to recipe"
    "|pin recipe"
    "|skip to recipe|jump to video|rate this post|click to rate this post|powered by wpematico"
    "|click to tweet|tweet this|back to top|scroll to top|copy link|link copied|drucken"
    "|seite drucken"
    "|zum rezept springen|rezept drucken|nach oben|imprimir|imprimir receta|ir a la receta|imprimer"
    "|aller à la recette|imprimer la recette|haut de page|stampa|vai alla ricetta|распечатать"
    "|перейти к рецепту|наверх|оцените статью|レシピへ移動|ページトップへ|回到顶部|返回顶部|打印"
    "|打印本文|复制链接"
    "|フォローする|フォローお願いします|チャンネル登録|チャンネル登録する|ブックマークする"
    "|关注我们|關注我們|扫码关注"
    "|長按二維碼|长按二维码|长按识别二维码|赏|打赏|赞|在看|点赞|分享"
)
_MINUTES = (
    r"(?:mins?|minutes?|minuten|minutos?|minuti|minuta|мин|минут[аы]?|menit|dakika|分钟|分鐘|分|분"
    r"|นาที|دقائق|دقيقة|मिनट|phút)"
)
_COUNTERS = re.compile(
    rf"(?:\d+ {_MINUTES}\.? read"
    r"|(?:reading time|estimated reading time|read time|lesezeit|lesedauer|temps de lecture"
    r"|durée de lecture"
    r"|tiempo de lectura|tempo di lettura|tempo de leitura|leestijd|lästid|czas czytania|waktu baca"
    r"|okuma süresi|время чтения|время на чтение|阅读时间|閱讀時間|预计阅读时间|預計閱讀時間"
    r"|読了時間|読了目安|읽는 시간"
    rf"|وقت القراءة|مدة القراءة|thời gian đọc)\s?[:：]?\s?(?:约|約|ca\.|about"
    rf"|環)?\s?\d+\s?{_MINUTES}?"
    r"|この記事は約?\s?\d+\s?分で読めます"
    r"|(?:post views|views|visits|aufrufe|visitas|vues|просмотров|просмотры|閲覧数|阅读量"
    r"|阅读次数|浏览量|浏览次数|閱讀數)"
    r"\s?[:：]\s?\d[\d., ]*"
    r"|\(\s?(?:no (?:ratings|votes) yet|no votes so far|noch keine bewertungen|aún no hay votos"
    r"|pas encore de votes|пока оценок нет|оценок пока нет|nessun voto|sem votos)!?\s?\)"
    r"|[\d.,]+ ?/ ?5 [-–—] ?\(\d+ \w{3,12}\)"
    r"|[\d.,]+ ?/ ?5 ?\(\d+\)"
    r"|rating: [\d.,]+ ?/ ?5\.? from \d+ votes?"
    r"|本文共?约?\s?[\d,.]+\s?字[^。]{0,20}[。.]?"
    r"|average rating [\d.,]+ ?/ ?5\.? vote count: \d+\.?"
    r")\.?",
    re.IGNORECASE,
)
# The votes of readers, in any language: a name, a number of stars, and how many of what.
_RATING = re.compile(
    r"(?:[^\d:：]{2,25}[:：]\s?)?(?:5(?:[.,]00?)?|[0-4](?:[.,]\d{1,2})?)(?:\s?/\s?5)?"
    r"\s?\(\s?\d{1,6}\s[^\W\d_]{3,12}\s?\)"
)
# Lines of editors under Chinese posts, with names or without.
_EDITOR = re.compile(
    r"[（(【\[]?\s?(?:本文)?(?:责任|值班|执行|见习|助理|網頁|网络)?(?:编辑|責編|责编|編輯|校对"
    r"|校對|审校|审核|審核|复审|终审|监制|監製|排版|美编|签发)"
    r"\s?[:：|｜丨/]\s?[^。！？]{1,24}[）)】\]]?"
)
_REPRINT = re.compile(
    r"(?:版权声明|版權聲明|转载声明|转载请|轉載請|未经授权|未經授權|未经许可|著作权归|本文链接"
    r"|本文地址|原文地址|文章链接"
    r"|原创文章|本文由|本文为)[^\n]{0,80}(?:转载|轉載|出处|出處|授权|授權|许可|https?://|版权"
    r"|侵权|禁止)|转载请注明.{0,60}"
)
# Calls to follow, to share or to pay, without a link: two words of their kind, or a code to scan.
_CODE_TO_SCAN = re.compile(
    r"(?:扫|掃|长按|長按|识别|識別).{0,12}(?:二维码|二維碼|码|碼)|微信扫一扫|微信掃一掃"
)
_ACCOUNT = re.compile(
    r"(?:关注|關注|添加|搜索|订阅|訂閱|加入).{0,14}(?:公众号|公眾號|微信|视频号|頻道|频道"
    r"|粉丝专页|粉絲專頁|订阅号|读者群|交流群)"
)
_DEED = re.compile(r"点赞|點讚|在看|转发|轉發|收藏|关注|關注|分享|三连|打赏|打賞|赞赏|星标|评论")
# Calls in other languages: to share, to follow, to subscribe.
_CALLS = re.compile(
    r"\b(?:(?:click|haz clic|klick(?:en)?|cliquez|clique|fai clic|нажмите)[^.!?]{0,12}"
    r"(?:to share|para compartir|um [^.!?]{0,20}zu teilen|pour partager|per condividere"
    r"|para compartilhar|чтобы поделиться)"
    r"|share (?:this|it)\b|sharing is caring|subscribe (?:to|now|for|today)|sign up (?:for|to)"
    r"|follow (?:us|me)\b|join (?:our|us on|the newsletter)|never miss a|don[’']t miss (?:a|out)"
    r"|get (?:our|the) (?:newsletter|latest)|teile (?:diesen|den|ihn)|teilen sie|weitersagen"
    r"|abonnier(?:e|en sie|t)\b|folg(?:e|t|en sie) (?:uns|mir)|newsletter (?:abonnieren|bestellen)"
    r"|melde dich|melden sie sich|partagez (?:cet\b|ce\b|l[’']article|avec)|abonnez-vous"
    r"|inscrivez-vous|suivez-(?:nous|moi)|rejoignez(?:-nous| notre)|ne manquez (?:pas|rien)"
    r"|comp[aá]rte(?:lo|la|los)\b|comparte (?:este|esta|con|en)|compartir en|suscr[ií]b(?:ete|ase"
    r"|ite)"
    r"|s[ií]gue(?:nos|me)\b|[uú]nete a|recibe (?:nuestro|nuestra|las|los|lo mejor|cada)"
    r"|no te pierdas|condividi|iscriviti|segui(?:ci|mi)\b"
    r"|compartilhe (?:este|esse|isso|com)|inscreva-se|assine|siga-nos"
    r"|deel dit|volg ons|abonneer|dela (?:gärna|inlägget)|följ oss|udostępnij|zapisz się"
    r"|obserwuj nas"
    r"|sdílejte|sledujte nás|paylaş(?:ın)?|abone ol|takip edin|bagikan (?:artikel|berita|ini)"
    r"|ikuti (?:kami|terus)|dapatkan (?:berita|update)|поделитесь|поделись|делитесь"
    r"|поделиться (?:с друзьями|в соцсетях|в социальных сетях|ссылкой|статьей|статьёй)"
    r"|мы в (?:соцсетях|социальных сетях)|скачать приложение|download our app"
    r"|descarga nuestra app"
    r"|подпис(?:ывайтесь|ывайся|ка на)|подпишитесь|подпишись|следите за|присоединяйтесь"
    r"|поддержите нас"
    r"|поширте|підпис(?:уйтесь|атися)|підпишіться)"
    r"|シェアお願い|공유해|구독|팔로우|กดแชร์|ติดตามเรา|กดติดตาม|شارك|تابعنا|تابعونا|اشترك"
    r"|शेयर करें|फॉलो करें"
    r"|सब्सक्राइब|chia sẻ bài|theo dõi chúng",
    re.IGNORECASE,
)
_MAX_WORDS_OF_CALL = 16
_ASKS = re.compile(r"欢迎|歡迎|请|請|记得|記得|别忘|別忘|不妨|如果|觉得|覺得|求|一键|点个|點個")
_JAPANESE_DEED = re.compile(
    r"(?:フォロー|チャンネル登録|いいね|シェア|ブックマーク|高評価|拡散|読者登録)"
    r"[^。]{0,10}(?:してね|お願い|しよう|してください|して下さい|はこちら|頂ける|いただける)"
    r"|ランキングに参加|応援(?:クリック)?.{0,4}(?:お願い|よろしく)|ポチッと"
    r"|この記事が気に入ったら|よかったらシェア|最新情報をお届け"
)
# A plug-in for slips asks for these keys, in any language.
_KEYS_FOR_SLIPS = re.compile(r"ctrl\s?\+\s?enter", re.IGNORECASE)
_MAX_CALL = 60
# Who holds the rights: by the sign, or in the words that every site writes.
_RIGHTS = re.compile(
    r"(?:copyright\b.{0,10})?(?:©|\(c\)\s?\d{4}).{0,80}"
    r"|.{0,40}\b(?:all rights reserved|alle rechte vorbehalten|tous droits réservés"
    r"|todos los derechos reservados|todos os direitos reservados|tutti i diritti riservati"
    r"|alle rechten voorbehouden|все права защищены|wszelkie prawa zastrzeżone"
    r"|hak cipta dilindungi|tüm hakları saklıdır)\b.{0,20}"
    r"|.{0,30}(?:无断转载|無断転載|版权所有|版權所有|著作権は|جميع الحقوق محفوظة).{0,20}",
    re.IGNORECASE,
)


# What Word puts into the clipboard, and editors show as text once its comments are gone.
_BEGINNINGS_OF_WORD = ("Normal", "<!--", "/*", "st1", "@font-face", "p.Mso", "table.Mso", "@page")
_OF_WORD = re.compile(
    r"(?:<!--\s*)?(?:\[if gte mso \d+\]>(?:\s|<[^<>]{1,40}>)*)?"
    r"(?:Normal\s+0\s+(?:\d+\s+)?(?:(?:false|true)\s+){1,3}[A-Z]{2}.{0,20}\sX-NONE"
    r"|/\*\s*(?:Style|Font) Definitions\s*\*/|st1\\?:\*\s*\{\s*behavior"
    r"|(?:@font-face|@page|p\.Mso|table\.Mso)[^{}]{0,200}\{[^{}]{0,400}(?:\bmso-|panose-1))"
)


def plain(text: str) -> str:
    """Return a line as the phrases are written: without brackets, colon and arrows around it."""
    if _ARROW.search(text) is not None:  # few lines have one
        text = _ARROWS.sub(" ", text.replace("►", " "))
    return text.strip(_BRACKETS).casefold()


def is_counter(text: str) -> bool:
    """Return whether a line is a number of views, minutes or votes."""
    return _COUNTERS.fullmatch(text) is not None


def is_of_word(text: str) -> bool:
    """Return whether a line is settings and styles that a text from Word has brought along."""
    return text.startswith(_BEGINNINGS_OF_WORD) and _OF_WORD.match(text) is not None


def is_button_word(text: str) -> bool:
    """Return whether a line is what stands on a button that a script fills."""
    return plain(text) in _BUTTONS


def closing_reason(text: str) -> str | None:
    """Return why a line without a link is none of the post's, where it stands at the end."""
    if len(text) > 2 * _MAX_CALL:
        return None
    if plain(text) in SHARE:
        return "share"
    if is_button_word(text):
        return "button"
    if _RATING.fullmatch(text):
        return "counter"
    if _EDITOR.fullmatch(text):
        return "editor"
    if _REPRINT.search(text) or _RIGHTS.fullmatch(text):
        return "copyright"
    if _STEP.search(text) and plain(text) in STEP_LABELS:
        return "other_post"
    if _is_call(text) or _KEYS_FOR_SLIPS.search(text):
        return "join"
    return None


def _is_call(text: str) -> bool:
    if _CALLS.search(text) and len(text.split()) <= _MAX_WORDS_OF_CALL:
        return True
    if len(text) > _MAX_CALL:
        return False
    if _CODE_TO_SCAN.search(text) or _ACCOUNT.search(text) or _JAPANESE_DEED.search(text):
        return True
    return _ASKS.search(text) is not None and len(set(_DEED.findall(text))) > 1
