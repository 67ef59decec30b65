# What visitors read: short sentences, level B1, "je".
skip = Naar de inhoud
languages = Talen
demo-notice = Dit is een voorbeeld. De mensen en de dagen zijn verzonnen.
undo = Maak ongedaan
drop-in = Inloop
drop-in-hint = Ik kom gewoon even langs

check-in-title = Tel mee
check-in-welcome = Welkom!
check-in-outside-hours = Er is nu niets gepland. Ben je er? Dan telt dat toch.
check-in-where = Waar kom je voor?
check-in-here = Ik ben er
check-in-together = Ik ben niet alleen
check-in-adults = Volwassenen, jij ook
check-in-children = Kinderen
check-in-together-hint = Kinderen zijn jonger dan 18 jaar. Tik daarna op “Ik ben er”.
check-in-private = We vragen je naam niet. Je telefoon bewaart een willekeurig getal, zodat we je vandaag niet dubbel tellen.
check-in-private-sensitive = We vragen je naam niet, en we bewaren hier niets op je telefoon.

thanks-title = Fijn dat je er bent!
thanks-number-before = Je bent nummer
thanks-number-after = vandaag
thanks-already = Je was al geteld. Het is goed zo.
thanks-today = { $count ->
    [one] Er is vandaag 1 bezoeker geteld.
   *[other] Er zijn vandaag { $count } bezoekers geteld.
}
thanks-waiting = Dank je! Een vrijwilliger kijkt je bezoek nog even na. Jij hoeft niets te doen.
thanks-at = Je bent bij:
thanks-party = { $count ->
    [one] Je bent alleen geteld.
   *[other] Jullie zijn met { $count } geteld.
}
thanks-undo-hint = Vergissing? Je kunt het een kwartier lang ongedaan maken.
undone-title = Het is ongedaan gemaakt
undone-text = Je telt nu niet mee. Je bent natuurlijk gewoon welkom.
undone-text-other = Het telt nu niet mee.
undone-again = Toch meetellen

sticker-title = Koffie?
sticker-one = 1 kopje
sticker-thanks = Geniet van je koffie!
sticker-today = { $count ->
    [one] Vandaag is hier 1 kopje gedronken.
   *[other] Vandaag zijn hier { $count } kopjes gedronken.
}
gift-title = Wat gaf je?
gift-text = Dank je wel! Wil je zeggen wat je gaf? Je naam is niet nodig.
gift-money = Geld
gift-amount = Bedrag in euro
gift-goods = Spullen
gift-category = Wat voor spullen?
gift-give = Dit gaf ik
gift-thanks = Dank je wel!
gift-wait = Een vrijwilliger kijkt het na. Daarna telt het mee.
pass-visitor-title = Dit is een pas
pass-visitor-text = Laat hem scannen bij de deur of aan de bar. Dan tel je mee.

problem-back = Verder
problem-instance = Vraag je om hulp? Noem dan dit nummer: { $instance }
problem-kept-nothing-lost = Er is niets verloren gegaan.
problem-unknown-code-title = Deze code kennen we niet
problem-unknown-code-happened = De code op deze pagina bestaat niet (meer).
problem-unknown-code-now = Vraag een vrijwilliger om een nieuwe code. Je mag natuurlijk gewoon naar binnen.
problem-code-expired-title = Deze code is verlopen
problem-code-expired-happened = De code gold voor een andere dag.
problem-code-expired-now = Scan de poster bij de deur. Je mag natuurlijk gewoon naar binnen.
problem-busy-title = Het is even druk
problem-busy-happened = We konden dit nu niet opslaan. Er is niets geteld.
problem-busy-now = Wacht een paar tellen en tik nog een keer. Twee keer tikken telt niet dubbel.
problem-outcome-unknown-title = We weten niet of het gelukt is
problem-outcome-unknown-happened = De verbinding met de opslag viel weg.
problem-outcome-unknown-now = Tik nog een keer. Was het wel gelukt, dan tellen we je niet dubbel.
problem-too-late-title = Ongedaan maken kan niet meer
problem-too-late-happened = Er is meer dan een kwartier voorbij. Je telling blijft staan.
problem-too-late-now = Klopt er iets niet? Zeg het tegen een vrijwilliger.
problem-not-found-title = Deze pagina is er niet
problem-not-found-happened = Het adres klopt niet, of de pagina is weg.
problem-not-found-now = Scan de code nog een keer, of vraag een vrijwilliger.
problem-forbidden-title = Dit kan niet vanaf dit toestel
problem-forbidden-happened = Dit toestel mag dit niet doen.
problem-forbidden-now = Vraag de beheerder om je toestel aan te melden.
problem-invalid-title = Er klopt iets niet
problem-invalid-happened = Een van de velden was leeg of onjuist. Er is niets opgeslagen.
problem-invalid-now = Ga terug, kijk de velden na en probeer het nog een keer.
problem-disk-full-title = De opslag is vol
problem-disk-full-happened = We konden dit niet opslaan. Wat er al stond, staat er nog.
problem-disk-full-now = Schrijf het op papier, en zeg het tegen de beheerder.
problem-month-closed-title = Deze maand is afgesloten
problem-month-closed-happened = De cijfers van deze maand liggen vast. Er is niets veranderd.
problem-month-closed-now = Overleg met de beheerder wat er moet gebeuren.
problem-not-possible-title = Dit kan nu niet
problem-not-possible-happened = Het is al gebeurd, of het past niet bij wat er al staat. Er is niets veranderd.
problem-not-possible-now = Ga terug en kijk wat er nu staat.
problem-internal-title = Er ging iets mis bij ons
problem-internal-happened = Het ligt niet aan jou.
problem-internal-now = Probeer het zo nog een keer. Lukt het niet? Zeg het tegen een vrijwilliger.
poster-call = Tel mee: scan en tik

weekday-1 = maandag
weekday-2 = dinsdag
weekday-3 = woensdag
weekday-4 = donderdag
weekday-5 = vrijdag
weekday-6 = zaterdag
weekday-7 = zondag
month-1 = januari
month-2 = februari
month-3 = maart
month-4 = april
month-5 = mei
month-6 = juni
month-7 = juli
month-8 = augustus
month-9 = september
month-10 = oktober
month-11 = november
month-12 = december
