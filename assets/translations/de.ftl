### Was das Fenster sagt, auf Deutsch.

## Everywhere

lobby_hint = Öffne einen Raum und schick den Code weiter, oder gib den ein, den du bekommen hast.
your_name = Dein Name
name_hint = Wie Freunde dich nennen
name_missing = Gib zuerst deinen Namen ein, damit deine Freunde wissen, wer da ist.
name_too_long = Dein Name ist zu lang: höchstens 40 Zeichen.
new_room = Neuer Raum
or_join = oder einem beitreten
room_code = Raumcode
code_hint = Code oder Link
code_missing = Gib den Code ein, den du bekommen hast, oder füge den Link ein.
code_length = Ein Raumcode hat 8 Buchstaben und Ziffern. Schau nach, ob etwas fehlt.
join = Beitreten
come_back = Zurück in den Raum, in dem du warst
entering_new = Dein Raum wird geöffnet …
entering = Du trittst ein …
cancel = Abbrechen
server = Server
on_this_computer = Auf diesem Computer
on_this_computer_hint = Zum Ausprobieren: Andere erreichen ihn nicht.
at_an_address = Unter einer Adresse
address = Adresse des Servers
address_missing = Gib die Adresse des Servers ein, etwa wss://films.example.org.
address_scheme = Die Adresse eines Servers beginnt mit wss:// oder ws://.
address_host = Diese Adresse nennt keinen Server. Sie sieht aus wie wss://films.example.org oder 192.168.1.20:8080.
you = Du
mute = Mikrofon ausschalten
unmute = Mikrofon einschalten
camera_off = Kamera ausschalten
camera_on = Kamera einschalten
microphone_is_on = Dein Mikrofon ist an
microphone_is_off = Dein Mikrofon ist aus
heard = Man hört dich
camera_is_off = Deine Kamera ist aus
speaker_is_on = Dein Lautsprecher
echo_is_taken_out = Echo wird entfernt
camera_starting = Deine Kamera startet …
react = Reagieren
leave = Raum verlassen
copy_code = Einladung kopieren:
copied = Kopiert
people_label = Personen und Verbindungen
alone = Noch ist niemand sonst da.
send_code = Schick deinen Freunden diesen Code:
message = Nachricht
send = Senden
dismiss = Schließen
chat_empty = Sag Hallo.
server_away = Der Server ist weg. Film und Gespräch gehen weiter.
settings = Einstellungen
settings_camera = Kamera
settings_voice = Deine Stimme
settings_sound = Was du hörst
settings_connections = Verbindungen
system_default = Wie im System
no_device = Keins gefunden
away = Nicht angeschlossen
level = Wie laut dein Mikrofon ist
input_gain = Lauter oder leiser
automatic_gain = Lautstärke ausgleichen
noise_suppression = Geräusche entfernen
echo_cancellation = Echo des Lautsprechers entfernen
push_to_talk = Nur solange eine Taste gedrückt ist
talk_key = Sprechtaste
press_a_key = Drück die Taste, die du beim Sprechen halten willst; mit Esc bleibt alles, wie es ist.
ducking_label = Film beim Sprechen
ducking_release = Wieder laut nach
sounds = Hinweistöne
quality_label = Höchstens
quality_hint = Gesendet wird, was die Verbindung hergibt und so groß, wie deine Freunde dich sehen; nie mehr als hier eingestellt.
route_label = Wege
route_hint = Gilt für neue Verbindungen. Nur über Relays erfahren Freunde deine Netzwerkadresse nicht.
copy_report = Bericht kopieren
report_copied = Kopiert, ohne Namen und Adressen
you_send = Du und dieses Programm
graph_rtt = Hin und zurück
graph_loss = Verlust
graph_rate = Empfang
safety_code = Sicherheitscode
no_safety_code = Noch gibt es keinen: Er kommt mit der Verbindung, wenn das andere Programm Codes kennt.
they_are_equal = Sie sind gleich
take_back = Zurücknehmen
accept_key = Mit dem neuen Programm verbinden
refuse_key = Ablehnen
another_key = Anderer Schlüssel: zum Entscheiden drücken
key_refused = Abgelehnt: anderer Schlüssel
catching_up = Holt auf
connected = Verbunden
connecting = Verbindet
just_you = Nur du
paused = Pause
opening = Film wird geöffnet
waiting_label = Gleich geht’s los
answer_wanted = Du wirst gefragt
copy_wanted = Deine Datei fehlt
headline_1 = Filmabend,
headline_2 = wo immer ihr seid.
somebody = Jemand
the_host = der Host
names_two = { $one } und { $two }
names_more = { $one }, { $two } und { $more } weitere
people = { $count ->
    [one] 1 Person im Raum
   *[other] { $count } Personen im Raum
}
reconnecting = Verbindet neu
no_connection = Keine Verbindung
gone = Weg
face_speaking = { $said }, spricht
face_muted = { $said }, stumm
face_connecting = { $said }, verbindet
face_reconnecting = { $said }, verbindet neu
face_unconnected = { $said }, keine Verbindung
face_gone = { $said }, weg
face_menu = { $said }. Lautstärke und Sicherheitscode
volume_of = Lautstärke von { $name }
device_camera = Kamera
device_microphone = Mikrofon
device_speaker = Lautsprecher
route_any = Direkt, sonst über ein Relay
route_relay_only = Nur über Relays
route_no_relay = Nie über ein Relay
quality = { $height }p, { $fps } fps
ducking_off = Unverändert
in_sync = Synchron · ±{ $ms } ms
clock_known = Uhr auf ±{ $ms } ms genau
clock_not_compared = Uhren noch nicht verglichen
seconds = { $seconds } s
milliseconds = { $ms } ms
percent = { $percent } %
how_to_compare = Lest euch diese Zeichen vor. Sieht { $name } dieselben sieben, steht niemand zwischen euch: kein Server, kein Relay.
compared = Du hast ihn mit { $name } verglichen
other_key = Das Programm von { $name } hat einen anderen Schlüssel als zuvor. Vielleicht wurde es neu installiert, vielleicht will jemand anders den Platz von { $name } einnehmen. Frag { $name } erst auf anderem Weg. Es wird nichts gesendet, bis du dich verbindest.
other_key_compared = Das Programm von { $name } hat einen anderen Schlüssel als zuvor, obwohl ihr die Sicherheitscodes verglichen hattet. Vielleicht wurde es neu installiert, vielleicht will jemand anders den Platz von { $name } einnehmen. Frag { $name } erst auf anderem Weg. Es wird nichts gesendet, bis du dich verbindest.
code_character = „{ $found }“ kommt in Raumcodes nicht vor. I, O, 0 und 1 gibt es darin nicht.
with_password = Mit Passwort
new_password = Passwort für den neuen Raum
room_password = Passwort des Raums
password_wanted = Dieser Raum hat ein Passwort. Frag deine Freunde danach.
password_wrong = Das ist nicht das Passwort des Raums.
show_password = Passwort zeigen
hide_password = Passwort verbergen

## The film

drop_a_film = Film hierher ziehen oder wählen
choose_film = Film wählen
choose_copy = Deine Datei wählen
drop_now = Loslassen, um ihn im Raum zu zeigen
play = Abspielen
pause = Pause
back = 10 Sekunden zurück
forward = 10 Sekunden vor
seek = Stelle im Film
volume = Lautstärke des Films
silence = Film stummschalten
sound = Ton des Films einschalten
rate_label = Tempo
full_screen = Vollbild
leave_full_screen = Vollbild verlassen
close_film = Film wegnehmen
previous_chapter = Voriges Kapitel
next_chapter = Nächstes Kapitel
drop_subtitles_now = Loslassen, um diese Untertitel zu nehmen
i_am_ready = Ich bin bereit
not_ready_yet = Doch noch nicht
ready_check = Der Film startet, wenn alle bereit sind
slowed = Etwas langsamer, damit alle mitkommen
undo_label = Rückgängig
use_it = Übernehmen
not_now = Jetzt nicht
use_other_cut = Trotzdem nehmen
other_cut = Das ist eine andere Datei als die, die im Raum läuft.
open = Öffnen
open_address = Adresse öffnen …
film_address = Adresse eines Films
film_address_asked = Alle werden gefragt, bevor ihr Computer sie öffnet; der Server sieht dann ihre IP-Adressen.
show_address = Im Raum zeigen
films = Filme des Abends
next_films = Als Nächstes
no_next_film = Noch keiner. Ist ein Film zu Ende, beginnt der nächste in der Reihe von selbst.
add_film = Film hinzufügen …
play_next = Nächsten zeigen
go_there = Hinspringen
send_with_place = Mit der Stelle im Film senden (Strg+Enter)
this_room = Dieser Raum
lock_room = Niemanden mehr hereinlassen
who_steers = Wer den Film steuert
ready_check_rule = Starten, wenn alle bereit sind
patience_label = Höchstens warten
patience_less = Kürzer warten
patience_more = Länger warten
chapter = { $time } · Kapitel { $number }
waiting_for = Warten auf { $who }
waiting_to_open = Warten auf { $who }: Film wird geöffnet
waiting_to_be_ready = Warten auf { $who }: noch nicht bereit
buffering = { $who } (lädt)
buffering_percent = { $who } (lädt, { $percent } %)
you_waited_for = dich
go_on_without = Ohne { $name } weiter
go_on_without_me = Ohne mich weiter
go_on_without_them = Ohne sie weiter
undo_pause = { $who } hat bei { $place } angehalten
undo_seek = { $who } ist zu { $place } gesprungen
host_steers = In diesem Raum steuert { $host } den Film
steering_everyone = Alle
steering_host = Nur der Host
minutes = { $minutes } min
whole_seconds = { $seconds } s
rule_everyone = Alle steuern den Film.
rule_host = Nur { $host } steuert den Film.
rule_ready = Ein Film startet, wenn alle bereit sind.
rule_play = Ein Film startet, wenn jemand ihn abspielt.
rule_patience = Auf niemanden wird länger als { $time } gewartet.
address_asked = { $who } möchte zeigen, was unter { $address } liegt. Dein Computer fragt dann diesen Server, und der sieht deine IP-Adresse.
queued = { $film } · { $who }
film_sooner = { $film }: früher
film_later = { $film }: später
unqueue = { $film } entfernen
go_to = Mit allen zu { $place } springen?
place = Zu { $place }
shows = { $who } zeigt { $film }: Wähle deine Datei
shows_at = { $who } zeigt etwas von { $server }
opening_film = { $film } wird geöffnet
drop_copy = Loslassen: deine Datei von { $film }
drop_instead = Loslassen, um ihn statt { $film } zu zeigen
title_from = { $film } · von { $who }

## Faces, hands, chat

faces = Gesichter über dem Film
faces_size = Größe
faces_smaller = Kleinere Gesichter
faces_larger = Größere Gesichter
emoji_picker = Emoji einfügen
open_link = Im Browser öffnen
copy_link = Kopieren
raise_hand = Hand heben
lower_hand = Hand senken
link = Link zu { $address }
link_asked =
    { $server } im Browser öffnen? Die ganze Adresse ist
    { $address }
hand_raised = { $said }, Hand gehoben
is_behind = { $name } ist { $seconds } s zurück
is_ahead = { $name } ist { $seconds } s voraus
at_the_left = Links
at_the_top = Oben
at_the_right = Rechts
show_chat = Chat zeigen
show_chat_unread = { $count ->
    [one] Chat zeigen, 1 ungelesene Nachricht
   *[other] Chat zeigen, { $count } ungelesene Nachrichten
}
put_chat_away = Chat ausblenden

## Shared screens

share_screen = Bildschirm teilen
share_label = Teilen
share_this_now = Stattdessen teilen
stop_sharing = Nicht mehr teilen
stop = Beenden
change = Ändern
change_shared = Etwas anderes teilen
monitors = Monitore
windows = Fenster
search_windows = Fenster suchen
search_hint = Titel oder Programm
nothing_found = Kein Fenster heißt so.
looking_for_screens = Monitore und Fenster werden gesucht …
no_screens = Keine Monitore und Fenster gefunden. Vielleicht lässt dein System Programme nicht an sie heran.
with_sound = Mit dem Ton dieses Computers
with_sound_hint = Was andere Programme abspielen, geht mit, aber nie die Stimmen deiner Freunde oder der Film des Raums.
how_it_is_sent = Wie gesendet wird
settings_screen = Dein Bildschirm
content_label = Gemacht für
title_sharing = CinemaSync · du teilst deinen Bildschirm
content_hint = Für Text weniger Bilder pro Sekunde bei voller Auflösung; für Bewegung umgekehrt.
sixty = Bis zu 60 Bilder pro Sekunde
screen_limit = Höchstens
screen_limit_less = Weniger für den Bildschirm
screen_limit_more = Mehr für den Bildschirm
portal = Das System fragen lassen
portal_hint = Auf diesem Desktop fragt das System, was du teilen willst. Es öffnet seine eigene Liste, wenn du auf Teilen drückst, und CinemaSync sieht nur, was du dort wählst.
go_on = Weiter
the_film = Film
actual_size = Originalgröße
whole_screen = Ganz
no_title = Fenster ohne Titel
sent_with_sound = mit Ton
permission_1 = macOS wird fragen, ob CinemaSync den Bildschirm und den Ton dieses Computers aufnehmen darf. Das tut es nur, während du wählst, was du teilst, und während du es teilst.
permission_2 = Erlaube es in den Systemeinstellungen unter „Datenschutz & Sicherheit“, „Bildschirm- & Systemaudioaufnahme“, und starte CinemaSync dann neu. Sonst sehen deine Freunde einen leeren Schreibtisch.
you_share_titled = Du teilst „{ $title }“
you_share_screen = Du teilst deinen Bildschirm
you_share_window = Du teilst ein Fenster
you_share_pattern = Du teilst das Testbild
screen_of = Bildschirm von { $name }
screen_comes = { $name } teilt den Bildschirm. Gleich ist das Bild da …
screen_volume_of = Lautstärke des Bildschirms von { $name }
hear_screen = Bildschirm von { $name } hören
silence_screen = Bildschirm von { $name } stummschalten
content_any = Was immer zu sehen ist
content_text = Text und stehende Bilder
content_motion = Film oder Spiel
content_text_now = Automatisch · gerade Text
content_motion_now = Automatisch · gerade Bewegung
megabits = { $megabits } Mbit/s

## Tracks of the film

tracks = Ton und Untertitel
subtitles = Untertitel
audio = Tonspur
no_sound = Kein Ton
no_subtitles = Keine Untertitel
subtitle_delay = Untertitel später
subtitles_earlier = Untertitel 0,1 s früher
subtitles_later = Untertitel 0,1 s später
subtitle_size = Größe der Untertitel
smaller = Kleinere Untertitel
larger = Größere Untertitel
audio_delay = Ton später
sound_earlier = Ton 0,1 s früher
sound_later = Ton 0,1 s später
add_subtitles = Untertitel hinzufügen …
propose_tracks = Meine Spuren allen vorschlagen
your_cut = Deine Fassung des Films
your_cut_hint = Um wie viele Sekunden in deiner Datei alles später kommt. Das wird für diese beiden Dateien gemerkt.
shift_label = Versatz deiner Datei in Sekunden
track_number = Spur { $number }
external = extern
mono = Mono
stereo = Stereo
channels = { $count } Kanäle
rate_normal = Normal
shift = { $seconds } s
shift_1_less = Versatz 1 s weniger
shift_0_1_less = Versatz 0,1 s weniger
shift_0_1_more = Versatz 0,1 s mehr
shift_1_more = Versatz 1 s mehr
proposal = { $who } schlägt vor: { $sound }, { $subtitles }
proposed_sound = Ton { $track }
proposed_no_sound = kein Ton
proposed_subtitles = Untertitel { $track }
proposed_no_subtitles = keine Untertitel
offers = { $who } bietet { $name } an
offers_here = { $who } bietet { $name } an · schon da
take_these_subtitles = Diese Untertitel nehmen: { $name }

language_ar = Arabisch
language_cs = Tschechisch
language_da = Dänisch
language_de = Deutsch
language_el = Griechisch
language_en = Englisch
language_es = Spanisch
language_fi = Finnisch
language_fr = Französisch
language_hi = Hindi
language_it = Italienisch
language_ja = Japanisch
language_ko = Koreanisch
language_nl = Niederländisch
language_no = Norwegisch
language_pl = Polnisch
language_pt = Portugiesisch
language_ru = Russisch
language_sv = Schwedisch
language_tr = Türkisch
language_uk = Ukrainisch
language_zh = Chinesisch

## Layouts

layout_label = Ansicht
layout_follows = Wie es kommt
layout_follows_hint = Film oder Bildschirm ist groß, solange es einen gibt, sonst die Gesichter. Wähl eine Ansicht, um sie zu behalten.
key_layout = Nächste Ansicht
compact = Kleines Fenster über anderen
leave_compact = Zurück zum großen Fenster
film_large = Film wieder groß zeigen
screen_large = Bildschirm von { $name } wieder groß zeigen
layout_talk = Reden
layout_watch = Schauen
layout_share = Bildschirm
layout_theatre = Kino
choose_talk = Reden: Gesichter groß
choose_watch = Schauen: Film groß, Gesichter daneben
choose_share = Bildschirm: der von Freunden groß
choose_theatre = Kino: Vollbild
watch_waits = Gemerkt: kommt mit dem nächsten Film.
share_waits = Gemerkt: kommt, sobald jemand den Bildschirm teilt.
theatre_waits = Gemerkt: kommt mit dem nächsten Film oder Bildschirm.
layout_now = Ansicht: { $layout }
layout_kept = Ansicht: { $layout }, behalten

## The window itself

keys = Tasten
keys_hint = Jede lässt sich ändern: Einstellungen, Dieses Fenster.
close = Schließen
key_play = Abspielen oder Pause
key_back = 5 s zurück
key_forward = 5 s vor
key_back_more = 10 s zurück
key_forward_more = 10 s vor
key_frame_back = Ein Bild zurück
key_frame_forward = Ein Bild vor
key_louder = Film lauter
key_quieter = Film leiser
key_microphone = Mikrofon an oder aus
key_camera = Kamera an oder aus
key_chat = Nachricht schreiben
key_share = Bildschirm teilen
key_talk = Zum Sprechen halten
key_full_screen = Vollbild
key_theatre = Kino: nur der Film
key_zoom = Geteilter Bildschirm in Originalgröße
key_help = Diese Tasten
key_escape = Verlassen, schließen
settings_window = Dieses Fenster
search_settings = Einstellungen durchsuchen
no_setting_found = Keine Einstellung heißt so.
scale = Größe von allem
scale_less = Alles kleiner
scale_more = Alles größer
on_top = Über allen anderen Fenstern
reduced_motion = Weniger Bewegung
notifications = Melden, wenn ich woanders bin
came_in = ist jetzt im Raum
waits_for_you = Der Raum wartet auf dich
keys_as_they_came = Wie ab Werk
keys_chosen = Von dir gewählt
reset_keys = Alle Tasten zurücksetzen
drop_for_room = Loslassen, um ihn im nächsten Raum zu zeigen
drop_subtitles_later = Untertitel gehören zu einem Film: Geh erst in einen Raum
film_for_room = Wird im nächsten Raum gezeigt
not_that_film = Diesen Film nicht zeigen
show_it = Zeigen
after_this_one = Danach
invitation_waits = Eine Einladung wurde geöffnet. Sie steht in der Lobby, sobald du diesen Raum verlässt.
copy_code_only = Nur den Code kopieren
recent_rooms = Letzte Räume
camera_missing = Keine Kamera gefunden. Schließ eine an, oder komm ohne.
microphone_missing = Kein Mikrofon gefunden: Schließ eins an, damit man dich hört
first_start_1 = Öffne einen Raum und schick deinen Freunden den Code, oder gib den ein, den du bekommen hast.
first_start_2 = Jeder öffnet den Film aus seiner eigenen Datei, und er läuft bei allen im selben Moment.
first_start_3 = Dabei seht und hört ihr euch und chattet; drück in einem Raum ? für die Tasten.
show_to_room = { $file } im Raum zeigen?
choose_own_copy = Deine Datei des Films wählen
choose_next_film = Film für danach wählen
choose_subtitles = Untertitel wählen
recent = { $with } · { $ago }
just_now = gerade eben
minutes_ago = vor { $count } min
hours_ago = { $count ->
    [one] vor 1 Stunde
   *[other] vor { $count } Stunden
}
days_ago = { $count ->
    [one] gestern
   *[other] vor { $count } Tagen
}
go_in_again = Wieder in { $code }: { $with }
forget_room = { $code } vergessen
key_group_film = Film
key_group_call = Reden und Chat
key_group_window = Fenster
key_space = Leertaste
press_for = Drück die Taste für „{ $words }“; mit Esc bleibt sie, wie sie ist.
key_is_taken = { $key } ist schon für „{ $words }“. Drück eine andere Taste.
talk_key_takes = { $key } ist auch für „{ $words }“. Solange sie zum Sprechen gehalten wird, tut sie nur das.
language_label = Sprache
language_of_system = Wie im System · { $language }
needs_font = { $language } · braucht eine Schrift
chinese_font_hint = Auf diesem Computer fehlt eine Schrift mit chinesischen Zeichen. Installiere eine, zum Beispiel Noto Sans CJK, und starte neu.

## Films that come from friends

stream_from = Von { $name } streamen
settings_films = Filme von Freunden
stream_mode_label = Fehlende Filme
stream_auto = Gleich von Freunden streamen
stream_ask = Streamen anbieten
stream_never = Nie streamen
stream_offered = { $name } zeigt { $film } und kann ihn dir beim Schauen senden.
stream_takes = { $name } zeigt { $film } und kann ihn dir beim Schauen senden: Das braucht etwa { $rate }.
film_comes = { $percent } % sind da, { $rate } von { $sources ->
    [one] { $sources } Person
   *[other] { $sources } Personen
}
film_comes_slowly = { $percent } % sind da, { $rate } von den nötigen { $needed }
film_comes_whole = Der ganze Film ist da
film_is_given = Dein Film geht an Freunde, { $rate }
keep_film = Film behalten …
keeping_film = Der Film wird gespeichert …
choose_film_name = Film speichern als
forget_films = Gestreamtes löschen

## How the call goes

condition_good = gut
condition_voice_breaks = die Stimme setzt aus
condition_picture_stutters = das Bild ruckelt
condition_long_delay = große Verzögerung
condition_weak = schwache Verbindung
condition_weak_reduced = schwache Verbindung, Bild verkleinert
condition_connecting = verbindet
condition_reconnecting = verbindet neu
condition_no_connection = keine Verbindung
condition_other_key = anderer Schlüssel als zuvor
everybody_is = Alle: { $words }
somebody_is = { $who }: { $words }
computer_too_slow = Dieser Computer ist zu langsam für das Bild, das er sendet
call_goes_on = Der Server ist weg; das Gespräch geht weiter
path_host = selbes Netz
path_direct = direkt
path_relay = über ein Relay
words_and_path = { $words }, { $path }
rate_kilobits = { $kilobits } kbit/s
rate_megabits = { $megabits } Mbit/s
round_trip = { $ms } ms
lost = { $percent } % verloren
clock_within = Uhr ±{ $ms } ms
rates = ↓ { $down } · ↑ { $up }
rates_of = ↓ { $down } · ↑ { $up } von { $most }
subject_camera = Kamera
subject_screen = Bildschirm
picture_received = { $subject } { $size }, { $fps } fps
picture_sent = { $subject } { $size }, { $fps } fps, { $rate }, { $ms } ms je Bild
dropped = { $count } verworfen
froze_once = stand einmal still
froze_times = stand { $count }-mal still
voice_received = Stimme: Jitter { $ms } ms, { $percent } % überdeckt
film_ahead = Film { $ms } ms voraus
film_behind = Film { $ms } ms zurück
film_in_step = Film auf die Millisekunde genau
program_use = { $cpu } % eines Kerns, { $memory } MB Speicher

## What happens

name_invalid = Ein Name hat 1 bis 40 Zeichen. Gib deinen ein und versuch es noch einmal.
already_in_room = Du bist schon in einem Raum. Verlass ihn zuerst.
not_in_room = Du bist noch in keinem Raum. Öffne einen oder tritt einem bei.
server_late = Der Server hat nicht rechtzeitig geantwortet. Prüf seine Adresse und dein Netz und versuch es noch einmal.
server_silent = Der Server antwortet nicht.
server_url_silent = Der Server { $url } antwortet nicht. Prüf seine Adresse und dein Netz und versuch es noch einmal.
server_unreachable = Der Server { $url } ist nicht zu erreichen ({ $error }). Prüf seine Adresse und dein Netz und versuch es noch einmal.
no_cinemasync_server = { $url } antwortet, ist aber kein CinemaSync-Server (HTTP-Status { $status }). Prüf die Adresse.
no_server_address = { $typed } ist keine Serveradresse. Eine sieht aus wie wss://cinema.example.org oder ws://192.0.2.7:8080.
server_connection_lost = Die Verbindung zum Server ist abgerissen.
server_gone = Der Server ist weg. Gespräch und Film gehen weiter; neu beitreten kann erst wieder jemand, wenn er zurück ist.
server_back = Der Server ist wieder da
room_unknown = Der Server kennt diesen Raum nicht mehr. Mit allen, mit denen du verbunden bist, geht es weiter; um noch jemanden hereinzulassen, verlass ihn und öffne einen neuen.
message_length = Eine Nachricht hat 1 bis { $most } Zeichen. Kürz sie und sende sie noch einmal.
message_unreached = Nicht alle haben deine Nachricht bekommen: Der Server ist weg.
reaction_invalid = Eine Reaktion ist ein einzelnes Emoji. Wörter gehören in den Chat.
only_host_rules = Die Regeln dieses Raums legt der Host fest.
everyone_may_steer = Alle dürfen den Film steuern
only_host_may_steer = Nur { $host } darf den Film steuern
starts_when_ready = Ein Film startet, wenn alle bereit sind
starts_by_play = Ein Film startet, wenn jemand ihn abspielt
host_steers_ask = In diesem Raum steuert { $host } den Film. Frag im Chat danach.
no_code_to_compare = Noch gibt es keinen Sicherheitscode zum Vergleichen. Warte, bis ihr verbunden seid.
nobody_waits = An diesem Platz wartet niemand mit einem anderen Schlüssel.
key_changed = Das Programm von { $who } hat einen anderen Schlüssel als zuvor. Vielleicht wurde es neu installiert, vielleicht will jemand anders den Platz von { $who } einnehmen. Frag { $who } auf anderem Weg und nimm es dann an oder lehn es ab; bis dahin wird nichts gesendet.
key_changed_compared = Das Programm von { $who } hat einen anderen Schlüssel als zuvor, obwohl ihr die Sicherheitscodes verglichen hattet. Vielleicht wurde es neu installiert, vielleicht will jemand anders den Platz von { $who } einnehmen. Frag { $who } auf anderem Weg und nimm es dann an oder lehn es ab; bis dahin wird nichts gesendet.
you_are_back = Du bist wieder im Raum
joined = { $who } ist da
has_left = { $who } ist gegangen
lost_connection = { $who } hat die Verbindung verloren
was_removed = { $who } wurde entfernt
room_locked = Der Raum ist gesperrt: Niemand sonst kann beitreten
room_unlocked = Der Raum ist wieder offen

refused_protocol = App und Server sprechen verschiedene Versionen. Aktualisier die ältere von beiden.
refused_not_found = Einen Raum mit diesem Code gibt es nicht. Frag nach, wer dich eingeladen hat; ein Raum schließt, wenn der Letzte geht.
refused_full = Der Raum ist voll.
refused_locked = Der Raum ist gesperrt. Bitte den Host, dich hereinzulassen.
refused_password = Der Raum hat ein Passwort, und deines stimmt nicht. Frag nach, wer dich eingeladen hat.
refused_name = Ein Name hat 1 bis 40 Zeichen und keine Steuerzeichen.
refused_not_host = Das kann nur der Host des Raums.
refused_rate = Das war zu viel auf einmal. Warte einen Moment und versuch es noch einmal.
refused_resume = Dein Platz im Raum ist nicht mehr frei. Tritt mit dem Code neu bei.
refused_removed = Du wurdest aus dem Raum entfernt oder bist anderswo wieder eingetreten.
refused_shutting_down = Der Server fährt herunter. Gespräch und Film gehen weiter; neue Leute können erst in einer Minute oder über einen anderen Server dazukommen.
refused_server_full = Der Server ist voll. Versuch es später oder nimm einen anderen.

device_lack = { $kind ->
    [camera] Es gibt keine Kamera, die funktioniert. Schließ eine an.
    [microphone] Es gibt kein Mikrofon, das funktioniert. Schließ eins an.
   *[loudspeaker] Es gibt keinen Lautsprecher, der funktioniert. Schließ einen an.
}
device_failed = { $name }: { $why }
device_failed_instead = { $name }: { $why } Solange wird „{ $now }“ benutzt.
device_gone = { $kind ->
    [camera] Die Kamera „{ $gone }“ ist weg, und es gibt keine andere. Schließ eine an.
    [microphone] Das Mikrofon „{ $gone }“ ist weg, und es gibt kein anderes. Schließ eins an.
   *[loudspeaker] Der Lautsprecher „{ $gone }“ ist weg, und es gibt keinen anderen. Schließ einen an.
}
device_gone_instead = { $kind ->
    [camera] Die Kamera „{ $gone }“ ist weg. Stattdessen wird „{ $now }“ benutzt.
    [microphone] Das Mikrofon „{ $gone }“ ist weg. Stattdessen wird „{ $now }“ benutzt.
   *[loudspeaker] Der Lautsprecher „{ $gone }“ ist weg. Stattdessen wird „{ $now }“ benutzt.
}
device_gone_until_back = { $kind ->
    [camera] Die Kamera „{ $gone }“ ist weg. Bis sie zurück ist, wird „{ $now }“ benutzt.
    [microphone] Das Mikrofon „{ $gone }“ ist weg. Bis es zurück ist, wird „{ $now }“ benutzt.
   *[loudspeaker] Der Lautsprecher „{ $gone }“ ist weg. Bis er zurück ist, wird „{ $now }“ benutzt.
}
device_back = { $kind ->
    [camera] Die Kamera „{ $now }“ ist zurück und in Betrieb.
    [microphone] Das Mikrofon „{ $now }“ ist zurück und in Betrieb.
   *[loudspeaker] Der Lautsprecher „{ $now }“ ist zurück und in Betrieb.
}
device_absent = { $kind ->
    [camera] Es gibt keine Kamera „{ $name }“. Solange wird „{ $now }“ benutzt.
    [microphone] Es gibt kein Mikrofon „{ $name }“. Solange wird „{ $now }“ benutzt.
   *[loudspeaker] Es gibt keinen Lautsprecher „{ $name }“. Solange wird „{ $now }“ benutzt.
}
device_default_now = { $kind ->
    [camera] Die Kamera des Systems ist jetzt „{ $now }“.
    [microphone] Das Mikrofon des Systems ist jetzt „{ $now }“.
   *[loudspeaker] Der Lautsprecher des Systems ist jetzt „{ $now }“.
}
no_device_found = { $kind ->
    [camera] Keine Kamera gefunden. Schließ eine an oder sieh in den Einstellungen des Systems nach.
    [microphone] Kein Mikrofon gefunden. Schließ eins an oder sieh in den Einstellungen des Systems nach.
   *[loudspeaker] Kein Lautsprecher gefunden. Schließ einen an oder sieh in den Einstellungen des Systems nach.
}
device_unknown = { $kind ->
    [camera] Eine Kamera namens { $name } gibt es nicht. Es gibt: { $known }.
    [microphone] Ein Mikrofon namens { $name } gibt es nicht. Es gibt: { $known }.
   *[loudspeaker] Einen Lautsprecher namens { $name } gibt es nicht. Es gibt: { $known }.
}
device_ambiguous = { $kind ->
    [camera] { $name } passt auf mehrere Kameras: { $matches }. Gib mehr vom Namen an.
    [microphone] { $name } passt auf mehrere Mikrofone: { $matches }. Gib mehr vom Namen an.
   *[loudspeaker] { $name } passt auf mehrere Lautsprecher: { $matches }. Gib mehr vom Namen an.
}
device_busy = { $kind ->
    [camera] Die Kamera wird von einem anderen Programm benutzt. Schließ es und versuch es noch einmal.
    [microphone] Das Mikrofon wird von einem anderen Programm benutzt. Schließ es und versuch es noch einmal.
   *[loudspeaker] Der Lautsprecher wird von einem anderen Programm benutzt. Schließ es und versuch es noch einmal.
}
device_forbidden = { $kind ->
    [camera] Das System lässt dieses Programm nicht an die Kamera. Erlaub es in den Datenschutzeinstellungen.
    [microphone] Das System lässt dieses Programm nicht ans Mikrofon. Erlaub es in den Datenschutzeinstellungen.
   *[loudspeaker] Das System lässt dieses Programm nicht an den Lautsprecher. Erlaub es in den Datenschutzeinstellungen.
}
device_no_format = { $kind ->
    [camera] Die Kamera lässt sich nicht benutzen: Sie bietet kein Format, das dieses Programm versteht.
    [microphone] Das Mikrofon lässt sich nicht benutzen: Es bietet kein Format, das dieses Programm versteht.
   *[loudspeaker] Der Lautsprecher lässt sich nicht benutzen: Er bietet kein Format, das dieses Programm versteht.
}
device_not_opened = { $kind ->
    [camera] Die Kamera ließ sich nicht öffnen ({ $reason }). Nimm eine andere.
    [microphone] Das Mikrofon ließ sich nicht öffnen ({ $reason }). Nimm ein anderes oder starte das Tonsystem neu.
   *[loudspeaker] Der Lautsprecher ließ sich nicht öffnen ({ $reason }). Nimm einen anderen oder starte das Tonsystem neu.
}
device_disconnected = { $kind ->
    [camera] Die Kamera wurde getrennt. Schließ sie wieder an oder wähl eine andere.
    [microphone] Das Mikrofon wurde getrennt. Schließ es wieder an oder wähl ein anderes.
   *[loudspeaker] Der Lautsprecher wurde getrennt. Schließ ihn wieder an oder wähl einen anderen.
}
device_stopped = { $kind ->
    [camera] Die Kamera geht nicht mehr. Wähl eine andere.
    [microphone] Das Mikrofon geht nicht mehr. Wähl ein anderes oder starte das Tonsystem neu.
   *[loudspeaker] Der Lautsprecher geht nicht mehr. Wähl einen anderen oder starte das Tonsystem neu.
}
microphone_silent = Das Mikrofon gibt keinen Ton. Sieh nach, ob es eingeschaltet ist, oder wähl ein anderes.
voice_not_encoded = Die Stimme lässt sich nicht kodieren ({ $error }). Starte das Programm neu.
camera_not_opened = Die Kamera ließ sich nicht öffnen ({ $error }). Schließ andere Programme.
camera_driver_failed = Der Treiber der Kamera ist ausgefallen. Wähl eine andere Kamera oder schließ sie neu an.
camera_unreadable = Die Bilder der Kamera sind nicht lesbar ({ $error }). Wähl eine andere Kamera.
camera_not_sent = Die Bilder der Kamera lassen sich nicht senden ({ $error }). Wähl eine andere Kamera.
camera_stopped = Die Kamera ist stehen geblieben. Schließ sie neu an oder wähl eine andere.
camera_no_picture = Die Kamera liefert kein Bild. Schließ andere Programme, die sie benutzen, oder schließ sie neu an.
camera_broken = Die Kamera funktioniert nicht ({ $reason }). Schließ sie neu an oder wähl eine andere.

share_started = { $who } teilt jetzt den Bildschirm
share_stopped = { $who } teilt den Bildschirm nicht mehr
screen_not_sent = Der Bildschirm lässt sich nicht senden ({ $error }). Teil etwas anderes.
screen_sound_ended = Der Ton anderer Programme lässt sich nicht teilen: { $reason }. Das Bild geht ohne ihn weiter.

no_film_yet = Noch gibt es keinen Film. Öffne zuerst einen.
no_film_shown = Im Raum läuft kein Film. Öffne diesen, um ihn zu zeigen.
queue_full = Mehr als { $most } Filme können nicht warten. Entfern zuerst einen.
queue_added = { $who } hat { $film } für später hinzugefügt
queue_empty = Kein Film wartet. Füg zuerst einen hinzu.
copy_differs = Die Datei von { $who } gleicht deiner, aber nicht aufs letzte Byte: Bei einem von euch könnten Bildfehler auftreten
wrong_film = Das ist eine andere Datei als die, die im Raum läuft. Nimm dieselbe Ausgabe, nimm diese trotzdem und stell ihren Versatz ein, oder öffne sie für alle.
wrong_film_longer = Das ist eine andere Datei als die, die im Raum läuft (sie ist { $seconds } s länger). Nimm dieselbe Ausgabe, nimm diese trotzdem und stell ihren Versatz ein, oder öffne sie für alle.
wrong_film_shorter = Das ist eine andere Datei als die, die im Raum läuft (sie ist { $seconds } s kürzer). Nimm dieselbe Ausgabe, nimm diese trotzdem und stell ihren Versatz ein, oder öffne sie für alle.
wrong_film_same_length = Das ist eine andere Datei als die, die im Raum läuft (gleich lang). Nimm dieselbe Ausgabe, nimm diese trotzdem und stell ihren Versatz ein, oder öffne sie für alle.
other_cut_used = Du siehst eine andere Datei als die anderen. Ihr Versatz ist { $shift } s.
other_cut_longer = Du siehst eine andere Datei als die anderen (sie ist { $seconds } s länger). Ihr Versatz ist { $shift } s.
other_cut_shorter = Du siehst eine andere Datei als die anderen (sie ist { $seconds } s kürzer). Ihr Versatz ist { $shift } s.
other_cut_same_length = Du siehst eine andere Datei als die anderen (gleich lang). Ihr Versatz ist { $shift } s.
copy_is_same = Deine Datei ist dieselbe wie die der anderen: Sie hat keinen Versatz.
goes_on_at = Der Film geht bei { $place } weiter, wo er zuletzt aufhörte
left_behind = Der Film geht ohne { $who } weiter
pressed_play = { $who } spielt ab { $place } ab
paused_at = { $who } hat bei { $place } angehalten
went_to = { $who } ist zu { $place } gesprungen
set_speed = { $who } hat das Tempo auf { $rate } gesetzt
tracks_proposed = Du hast den anderen deine Spuren vorgeschlagen
subtitles_offered = { $who } bietet die Untertitel { $name } an
subtitles_gone = Diese Untertitel werden nicht mehr angeboten.
film_address_scheme = Die Adresse eines Films beginnt mit http:// oder https://. Prüf die Adresse.
film_address_too_long = Diese Adresse ist zu lang. Bitte um eine kürzere.
film_address_user = Eine Adresse mit Benutzername oder Passwort wird nicht geöffnet. Entfern, was vor dem @ steht.
film_address_host = Diese Adresse nennt keinen Server. Prüf die Adresse.
film_address_characters = Diese Adresse enthält Zeichen, die nicht hineingehören. Kopier sie noch einmal aus dem Browser.
film_unreadable = Der Film ist nicht lesbar: { $error }. Sieh nach, ob die Datei noch da ist und gelesen werden darf.
film_is_folder = Das ist ein Ordner. Wähl die Filmdatei darin.
film_is_no_file = Das ist keine gewöhnliche Datei. Wähl eine Filmdatei.
film_is_empty = Diese Datei ist leer. Vielleicht wurde sie nicht zu Ende kopiert; wähl eine andere.
film_name_unusable = Dieser Dateiname lässt sich nicht öffnen. Benenn die Datei um.
not_a_film = Diese Datei ist kein Film, der sich abspielen lässt, oder sie ist beschädigt. Wähl eine andere.
nothing_in_film = Diese Datei enthält weder Bild noch Ton, die sich abspielen lassen. Wähl eine andere.
film_not_played = Der Film lässt sich nicht abspielen ({ $why }). Prüf, ob die Datei vollständig ist, oder wähl eine andere.
film_unreachable = Der Film unter dieser Adresse lässt sich nicht öffnen. Prüf die Adresse und die Internetverbindung, oder wähl einen anderen.
film_cut_off = Hier bricht der Film ab: Sein Server antwortet nicht mehr oder hat ihn nicht ganz. Öffne ihn noch einmal oder wähl eine andere Adresse.
film_late_from_server = Der Film ließ sich nicht rechtzeitig öffnen, weil sein Server nicht antwortet oder zu langsam ist. Versuch es noch einmal oder wähl eine andere Adresse.
film_late_from_disk = Der Film ließ sich nicht rechtzeitig öffnen. Der Datenträger antwortet nicht oder die Datei ist beschädigt; versuch es noch einmal oder wähl eine andere.
subtitles_too_large = Diese Datei ist zu groß für Untertitel. Wähl eine SRT-, ASS- oder WebVTT-Datei.
subtitles_no_text = Diese Datei ist kein Text. Wähl eine SRT-, ASS- oder WebVTT-Datei.
player_ended = Der Filmspieler hat sich unerwartet beendet. Öffne den Film noch einmal.
player_gave_no_answer = Der Filmspieler hat nicht geantwortet. Starte das Programm neu.
player_silent = Der Filmspieler antwortet nicht. Starte das Programm neu.
player_not_started = Der Filmspieler ließ sich nicht starten: { $why }. Starte das Programm neu oder installier libmpv neu.
libmpv_missing = Filme lassen sich nicht abspielen, weil libmpv fehlt. So installierst du es: { $how }. Versuch es dann noch einmal.
libmpv_unsuitable = Das libmpv auf diesem Computer ist nicht zu gebrauchen: { $why }. Nötig ist Version 0.33 oder neuer: { $how }.
install_on_linux = Paket „libmpv2“ (Debian, Ubuntu), „mpv-libs“ (Fedora) oder „mpv“ (Arch)
install_on_macos = „brew install mpv“ ausführen
install_on_windows = libmpv-2.dll (aus einem mpv-Entwicklungspaket) in den Ordner dieses Programms legen
film_not_streamed = Diesen Film bietet niemand an. Wähl eine eigene Datei.
film_is_offered = Ein Film, der von jemand anders kommt, wird so gezeigt, wie er angeboten wurde. Wähl eine Datei.
film_stream_unreachable = Der Film, der von anderen kommt, lässt sich nicht öffnen. Versuch es noch einmal oder wähl eine eigene Datei.
film_late_from_others = Der Film, der von anderen kommt, ließ sich nicht rechtzeitig öffnen: Vielleicht ist er beschädigt. Versuch es noch einmal oder wähl eine eigene Datei.
film_stream_cut_off = Hier bricht der Film ab: Mehr davon ist nicht lesbar. Öffne ihn noch einmal oder wähl eine eigene Datei.
no_stream = Hier kommt gerade kein Film von anderen, der sich behalten ließe.
film_saved = Der Film ist gespeichert als { $name }

## What was taken away

film_taken_off = Du hast { $title } abgesetzt.
film_waits_no_more = { $title } wartet nicht mehr.
put_back = Zurückholen
forgotten_room = { $code } ist vergessen.

## Wie das Programm für sich sorgt

settings_put_aside = Die Einstellungen waren nicht lesbar und sind wie beim ersten Start. Die alte Datei bleibt erhalten: { $file }
settings_newer = Eine neuere Version von CinemaSync hat die Einstellungen geschrieben. Hier sind sie wie beim ersten Start; ihre Datei bleibt erhalten: { $file }
films_put_aside = Was über Filme gemerkt war, ist nicht lesbar. Die alte Datei bleibt erhalten: { $file }
rooms_put_aside = Die Liste der letzten Räume ist nicht lesbar. Die alte Datei bleibt erhalten: { $file }
crashed_last_time = CinemaSync wurde letztes Mal unerwartet beendet.
failed_last_time = Ein Teil von CinemaSync ist letztes Mal ausgefallen.
show_report = Bericht zeigen
crash_report = Was schiefging
crash_report_hint = Nichts davon wurde gesendet. Kopier es, wenn du jemandem davon erzählen willst.
copy_crash_report = Kopieren
settings_about = Über
check_updates = Nach Updates suchen
check_daily = Einmal am Tag suchen
check_updates_hint = Dein Server wird gefragt, welche Version er empfiehlt. Nichts wird heruntergeladen.
updates_asking = Wird gefragt…
updates_newest = Das ist die Version, die dein Server empfiehlt, oder eine neuere.
updates_newer = Dein Server empfiehlt Version { $version }. Hol sie dort, wo du diese herhast.
updates_not_told = Dein Server sagt nicht, welche Version er empfiehlt.
updates_no_server = Du benutzt keinen Server, den man fragen könnte.
updates_failed = Der Server konnte nicht gefragt werden.
