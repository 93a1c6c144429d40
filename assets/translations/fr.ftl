### Ce que dit la fenêtre, en français.

## Everywhere

lobby_hint = Crée un salon et envoie son code, ou tape celui que tu as reçu.
your_name = Ton nom
name_hint = Comment tes amis t’appellent
name_missing = Tape d’abord ton nom, pour que tes amis sachent qui est là.
name_too_long = Ton nom est trop long : 40 caractères au plus.
new_room = Nouveau salon
or_join = ou rejoins-en un
room_code = Code du salon
code_hint = Code ou lien
code_missing = Tape le code que tu as reçu, ou colle le lien.
code_length = Un code de salon a 8 lettres et chiffres. Regarde s’il en manque.
join = Rejoindre
come_back = Revenir dans le salon où tu étais
entering_new = Création de ton salon…
entering = Tu entres…
cancel = Annuler
server = Serveur
on_this_computer = Sur cet ordinateur
on_this_computer_hint = Pour essayer : les autres ne peuvent pas l’atteindre.
at_an_address = À une adresse
address = Adresse du serveur
address_missing = Tape l’adresse du serveur, par exemple wss://films.example.org.
address_scheme = L’adresse d’un serveur commence par wss:// ou ws://.
address_host = Cette adresse ne désigne aucun serveur. Elle ressemble à wss://films.example.org ou 192.168.1.20:8080.
you = Toi
mute = Couper le micro
unmute = Activer le micro
camera_off = Couper la caméra
camera_on = Activer la caméra
microphone_is_on = Ton micro est activé
microphone_is_off = Ton micro est coupé
heard = On t’entend
camera_is_off = Ta caméra est coupée
speaker_is_on = Ton haut-parleur
echo_is_taken_out = l’écho est supprimé
camera_starting = Ta caméra démarre…
react = Réagir
leave = Quitter le salon
copy_code = Copier l’invitation à
copied = Copié
people_label = Personnes et connexions
alone = Personne d’autre pour l’instant.
send_code = Envoie ce code à tes amis :
message = Message
send = Envoyer
dismiss = Fermer
chat_empty = Dis bonjour.
server_away = Le serveur est absent. Le film et la discussion continuent.
settings = Réglages
settings_camera = Caméra
settings_voice = Ta voix
settings_sound = Ce que tu entends
settings_connections = Connexions
system_default = Comme le système
no_device = Aucun trouvé
away = Non branché
level = Volume de ton micro
input_gain = Plus fort ou moins fort
automatic_gain = Égaliser le volume
noise_suppression = Supprimer le bruit
echo_cancellation = Supprimer l’écho du haut-parleur
push_to_talk = Seulement touche enfoncée
talk_key = Touche pour parler
press_a_key = Appuie sur la touche à tenir pour parler ; Échap ne change rien.
ducking_label = Film quand on parle
ducking_release = Remonte en
sounds = Sons d’arrivée, de départ et de coupure
quality_label = Au plus
quality_hint = L’envoi suit la connexion et la taille à laquelle tes amis te voient ; jamais plus que ceci.
route_label = Chemins
route_hint = Pour les prochaines connexions. Par relais uniquement, tes amis n’apprennent pas ton adresse réseau.
copy_report = Copier un rapport
report_copied = Copié, sans noms ni adresses
you_send = Toi et ce programme
graph_rtt = Aller-retour
graph_loss = Pertes
graph_rate = Reçu
safety_code = Code de sécurité
no_safety_code = Pas encore : il vient avec la connexion, si l’autre programme connaît les codes.
they_are_equal = Ils sont identiques
take_back = Revenir là-dessus
accept_key = Se connecter au nouveau programme
refuse_key = Le refuser
another_key = Autre clé : appuie pour décider
key_refused = Refusé : autre clé
catching_up = Rattrapage
connected = Connecté
connecting = Connexion
just_you = Rien que toi
paused = En pause
opening = Ouverture du film
waiting_label = Préparation
answer_wanted = On te demande
copy_wanted = Il manque ta copie
headline_1 = Soirée film,
headline_2 = où que vous soyez.
somebody = Quelqu’un
the_host = l’hôte
names_two = { $one } et { $two }
names_more = { $one }, { $two } et { $more } de plus
people = { $count ->
    [one] 1 personne dans le salon
   *[other] { $count } personnes dans le salon
}
reconnecting = Reconnexion
no_connection = Pas de connexion
gone = Parti
face_speaking = { $said }, parle
face_muted = { $said }, micro coupé
face_connecting = { $said }, connexion
face_reconnecting = { $said }, reconnexion
face_unconnected = { $said }, pas de connexion
face_gone = { $said }, parti
face_menu = { $said }. Volume et code de sécurité
volume_of = Volume de { $name }
device_camera = Caméra
device_microphone = Micro
device_speaker = Haut-parleur
route_any = Direct, sinon par un relais
route_relay_only = Par relais uniquement
route_no_relay = Jamais par un relais
quality = { $height }p, { $fps } i/s
ducking_off = Inchangé
in_sync = Synchro · ±{ $ms } ms
clock_known = Horloge connue à ±{ $ms } ms
clock_not_compared = Horloges pas encore comparées
seconds = { $seconds } s
milliseconds = { $ms } ms
percent = { $percent } %
how_to_compare = Lisez-vous ces signes à voix haute. Si { $name } voit les sept mêmes, personne n’est entre vous : ni le serveur, ni un relais.
compared = Tu l’as comparé avec { $name }
other_key = Le programme de { $name } a une autre clé qu’avant. Il a peut-être été réinstallé, ou quelqu’un veut prendre la place de { $name }. Demande-lui d’abord par un autre moyen. Rien ne lui est envoyé avant que tu te connectes.
other_key_compared = Le programme de { $name } a une autre clé qu’avant, alors que vous aviez comparé les codes de sécurité. Il a peut-être été réinstallé, ou quelqu’un veut prendre la place de { $name }. Demande-lui d’abord par un autre moyen. Rien ne lui est envoyé avant que tu te connectes.
code_character = « { $found } » n’existe pas dans les codes de salon. Ils évitent I, O, 0 et 1.
with_password = Avec un mot de passe
new_password = Mot de passe du nouveau salon
room_password = Mot de passe du salon
password_wanted = Ce salon a un mot de passe. Demande-le à ton ami.
password_wrong = Ce n’est pas le mot de passe du salon.
show_password = Montrer le mot de passe
hide_password = Cacher le mot de passe

## The film

drop_a_film = Dépose un film ici ou choisis-en un
choose_film = Choisir un film
choose_copy = Choisir ta copie
drop_now = Lâche pour le montrer au salon
play = Lire
pause = Pause
back = Reculer de 10 secondes
forward = Avancer de 10 secondes
seek = Position dans le film
volume = Volume du film
silence = Couper le son du film
sound = Remettre le son du film
rate_label = Vitesse
full_screen = Plein écran
leave_full_screen = Quitter le plein écran
close_film = Retirer le film
previous_chapter = Chapitre précédent
next_chapter = Chapitre suivant
drop_subtitles_now = Lâche pour ajouter ces sous-titres
i_am_ready = C’est bon pour moi
not_ready_yet = Pas encore, finalement
ready_check = Le film démarre quand tout le monde a dit oui
slowed = Un peu plus lent, pour que tous suivent
undo_label = Annuler
use_it = Utiliser
not_now = Pas maintenant
use_other_cut = L’utiliser quand même
other_cut = Ce fichier n’est pas celui que montre le salon.
open = Ouvrir
open_address = Ouvrir une adresse…
film_address = Adresse d’un film
film_address_asked = Chacun est consulté avant que son ordinateur l’ouvre ; le serveur voit alors son adresse IP.
show_address = Montrer au salon
films = Films de la soirée
next_films = À suivre
no_next_film = Aucun pour l’instant. À la fin d’un film, le suivant de la liste démarre tout seul.
add_film = Ajouter un film…
play_next = Passer au suivant
go_there = Y aller
send_with_place = Envoyer avec le moment du film (Ctrl+Entrée)
this_room = Ce salon
lock_room = Ne laisser entrer personne d’autre
who_steers = Qui pilote le film
ready_check_rule = Démarrer quand tous ont dit oui
patience_label = Attendre au plus
patience_less = Attendre moins
patience_more = Attendre plus
chapter = { $time } · Chapitre { $number }
waiting_for = On attend { $who }
waiting_to_open = On attend que le film s’ouvre : { $who }
waiting_to_be_ready = Pas encore d’accord : { $who }
buffering = { $who } (chargement)
buffering_percent = { $who } (chargement, { $percent } %)
you_waited_for = toi
go_on_without = Continuer sans { $name }
go_on_without_me = Continuer sans moi
go_on_without_them = Continuer sans attendre
undo_pause = { $who } a mis en pause à { $place }
undo_seek = { $who } est allé à { $place }
host_steers = Dans ce salon, { $host } pilote le film
steering_everyone = Tout le monde
steering_host = L’hôte seul
minutes = { $minutes } min
whole_seconds = { $seconds } s
rule_everyone = Tout le monde pilote le film.
rule_host = Seul { $host } pilote le film.
rule_ready = Un film démarre quand tout le monde a dit oui.
rule_play = Un film démarre quand quelqu’un le lance.
rule_patience = On n’attend personne plus de { $time }.
address_asked = { $who } veut montrer ce qui se trouve à { $address }. Ton ordinateur le demandera à ce serveur, qui verra ton adresse IP.
queued = { $film } · { $who }
film_sooner = { $film } : plus tôt
film_later = { $film } : plus tard
unqueue = Retirer { $film }
go_to = Emmener tout le monde à { $place } ?
place = Aller à { $place }
shows = { $who } montre { $film } : choisis ta copie
shows_at = { $who } montre ce qui est sur { $server }
opening_film = Ouverture de { $film }
drop_copy = Lâche : ta copie de { $film }
drop_instead = Lâche pour le montrer à la place de { $film }
title_from = { $film } · de { $who }

## Faces, hands, chat

faces = Visages sur le film
faces_size = Taille
faces_smaller = Visages plus petits
faces_larger = Visages plus grands
emoji_picker = Mettre un emoji
open_link = Ouvrir dans le navigateur
copy_link = Copier
raise_hand = Lever la main
lower_hand = Baisser la main
link = Lien vers { $address }
link_asked =
    Ouvrir { $server } dans ton navigateur ? L’adresse entière est
    { $address }
hand_raised = { $said }, main levée
is_behind = { $name } a { $seconds } s de retard
is_ahead = { $name } a { $seconds } s d’avance
at_the_left = À gauche
at_the_top = En haut
at_the_right = À droite
show_chat = Montrer le chat
show_chat_unread = { $count ->
    [one] Montrer le chat, 1 message non lu
   *[other] Montrer le chat, { $count } messages non lus
}
put_chat_away = Cacher le chat

## Shared screens

share_screen = Partager l’écran
share_label = Partager
share_this_now = Partager ceci à la place
stop_sharing = Arrêter le partage
stop = Arrêter
change = Changer
change_shared = Partager autre chose
monitors = Écrans
windows = Fenêtres
search_windows = Chercher une fenêtre
search_hint = Titre ou programme
nothing_found = Aucune fenêtre de ce nom.
looking_for_screens = Recherche des écrans et des fenêtres…
no_screens = Ni écran ni fenêtre trouvés. Ton système interdit peut-être aux programmes de les regarder.
with_sound = Avec le son de cet ordinateur
with_sound_hint = Ce que jouent les autres programmes est envoyé, mais jamais la voix de tes amis ni le film du salon.
how_it_is_sent = Comment c’est envoyé
settings_screen = Ton écran
content_label = Pensé pour
title_sharing = CinemaSync · tu partages ton écran
content_hint = Pour du texte, moins d’images par seconde et toute la résolution ; pour du mouvement, l’inverse.
sixty = Jusqu’à 60 images par seconde
screen_limit = Au plus
screen_limit_less = Dépenser moins pour l’écran
screen_limit_more = Dépenser plus pour l’écran
portal = Laisser le système demander
portal_hint = Sur ce bureau, c’est le système qui demande quoi partager. Il ouvre sa propre liste quand tu appuies sur Partager, et CinemaSync ne voit que ce que tu y choisis.
go_on = Continuer
the_film = Film
actual_size = Taille réelle
whole_screen = En entier
no_title = Fenêtre sans titre
sent_with_sound = avec le son
permission_1 = macOS va demander si CinemaSync peut enregistrer l’écran et le son de cet ordinateur. Il ne le fait que pendant que tu choisis quoi partager et pendant que tu le partages.
permission_2 = Accepte dans Réglages Système, « Confidentialité et sécurité », « Enregistrement de l’écran et de l’audio système », puis relance CinemaSync. Sinon, tes amis verront un bureau vide.
you_share_titled = Tu partages « { $title } »
you_share_screen = Tu partages ton écran
you_share_window = Tu partages une fenêtre
you_share_pattern = Tu partages la mire
screen_of = Écran de { $name }
screen_comes = { $name } partage son écran. L’image arrive…
screen_volume_of = Volume de l’écran de { $name }
hear_screen = Entendre l’écran de { $name }
silence_screen = Couper le son de l’écran de { $name }
content_any = Peu importe
content_text = Texte et images fixes
content_motion = Film ou jeu
content_text_now = Peu importe · texte en ce moment
content_motion_now = Peu importe · mouvement en ce moment
megabits = { $megabits } Mbit/s

## Tracks of the film

tracks = Son et sous-titres
subtitles = Sous-titres
audio = Piste son
no_sound = Pas de son
no_subtitles = Pas de sous-titres
subtitle_delay = Retarder les sous-titres
subtitles_earlier = Sous-titres 0,1 s plus tôt
subtitles_later = Sous-titres 0,1 s plus tard
subtitle_size = Taille des sous-titres
smaller = Sous-titres plus petits
larger = Sous-titres plus grands
audio_delay = Retarder le son
sound_earlier = Son 0,1 s plus tôt
sound_later = Son 0,1 s plus tard
add_subtitles = Ajouter des sous-titres…
propose_tracks = Proposer mes pistes à tous
your_cut = Ta version du film
your_cut_hint = De combien de secondes tout arrive plus tard dans ton fichier. C’est retenu pour ces deux fichiers.
shift_label = Décalage de ton fichier en secondes
track_number = Piste { $number }
external = externe
mono = mono
stereo = stéréo
channels = { $count } canaux
rate_normal = Normale
shift = { $seconds } s
shift_1_less = Décalage 1 s de moins
shift_0_1_less = Décalage 0,1 s de moins
shift_0_1_more = Décalage 0,1 s de plus
shift_1_more = Décalage 1 s de plus
proposal = { $who } propose : { $sound }, { $subtitles }
proposed_sound = son { $track }
proposed_no_sound = pas de son
proposed_subtitles = sous-titres { $track }
proposed_no_subtitles = pas de sous-titres
offers = { $who } propose { $name }
offers_here = { $who } propose { $name } · déjà là
take_these_subtitles = Utiliser ces sous-titres : { $name }

language_ar = Arabe
language_cs = Tchèque
language_da = Danois
language_de = Allemand
language_el = Grec
language_en = Anglais
language_es = Espagnol
language_fi = Finnois
language_fr = Français
language_hi = Hindi
language_it = Italien
language_ja = Japonais
language_ko = Coréen
language_nl = Néerlandais
language_no = Norvégien
language_pl = Polonais
language_pt = Portugais
language_ru = Russe
language_sv = Suédois
language_tr = Turc
language_uk = Ukrainien
language_zh = Chinois

## Layouts

layout_label = Disposition
layout_follows = Au fil de l’eau
layout_follows_hint = Le film ou l’écran est grand tant qu’il y en a un, sinon les visages. Choisis une disposition pour la garder.
key_layout = Disposition suivante
compact = Petite fenêtre au-dessus
leave_compact = Revenir à la grande fenêtre
film_large = Remettre le film en grand
screen_large = Remettre en grand l’écran de { $name }
layout_talk = Parler
layout_watch = Regarder
layout_share = Écran
layout_theatre = Cinéma
choose_talk = Parler : grands visages
choose_watch = Regarder : film en grand, visages à côté
choose_share = Écran : celui d’un ami en grand
choose_theatre = Cinéma : plein écran
watch_waits = Gardée : elle vient avec le prochain film.
share_waits = Gardée : elle vient dès que quelqu’un partage son écran.
theatre_waits = Gardée : elle vient avec le prochain film ou écran.
layout_now = Disposition : { $layout }
layout_kept = Disposition : { $layout }, gardée

## The window itself

keys = Touches
keys_hint = Chacune peut changer : Réglages, Cette fenêtre.
close = Fermer
key_play = Lire ou mettre en pause
key_back = Reculer de 5 s
key_forward = Avancer de 5 s
key_back_more = Reculer de 10 s
key_forward_more = Avancer de 10 s
key_frame_back = Une image en arrière
key_frame_forward = Une image en avant
key_louder = Film plus fort
key_quieter = Film moins fort
key_microphone = Micro activé ou coupé
key_camera = Caméra activée ou coupée
key_chat = Écrire un message
key_share = Partager l’écran
key_talk = Tenir pour parler
key_full_screen = Plein écran
key_theatre = Cinéma : rien que le film
key_zoom = Écran partagé en taille réelle
key_help = Ces touches
key_escape = Quitter, fermer
settings_window = Cette fenêtre
search_settings = Chercher dans les réglages
no_setting_found = Aucun réglage de ce nom.
scale = Taille de tout
scale_less = Tout plus petit
scale_more = Tout plus grand
on_top = Au-dessus des autres fenêtres
reduced_motion = Moins de mouvement
notifications = Me prévenir quand je regarde ailleurs
came_in = Entre dans le salon
waits_for_you = Le salon t’attend
keys_as_they_came = D’origine
keys_chosen = Choisies par toi
reset_keys = Rétablir toutes les touches
drop_for_room = Lâche pour le montrer dans le salon où tu entres
drop_subtitles_later = Les sous-titres vont avec un film : entre d’abord dans un salon
film_for_room = Montré dans le salon où tu entres
not_that_film = Ne pas montrer ce film
show_it = Montrer
after_this_one = Après celui-ci
invitation_waits = Une invitation a été ouverte. Elle t’attend dans le hall dès que tu quittes ce salon.
copy_code_only = Copier le code seul
recent_rooms = Salons récents
camera_missing = Aucune caméra trouvée. Branches-en une, ou viens sans.
microphone_missing = Aucun micro trouvé : branches-en un pour qu’on t’entende
first_start_1 = Crée un salon et envoie son code à tes amis, ou tape celui que tu as reçu.
first_start_2 = Chacun ouvre le film depuis son propre fichier, et il passe chez tous au même instant.
first_start_3 = Pendant ce temps, vous vous voyez, vous vous entendez et vous discutez ; appuie sur ? dans un salon pour voir les touches.
show_to_room = Montrer { $file } au salon ?
choose_own_copy = Choisis ta copie du film
choose_next_film = Choisis un film pour la suite
choose_subtitles = Choisis des sous-titres
recent = { $with } · { $ago }
just_now = à l’instant
minutes_ago = il y a { $count } min
hours_ago = { $count ->
    [one] il y a 1 heure
   *[other] il y a { $count } heures
}
days_ago = { $count ->
    [one] il y a un jour
   *[other] il y a { $count } jours
}
go_in_again = Retourner dans { $code } : { $with }
forget_room = Oublier { $code }
key_group_film = Film
key_group_call = Parole et chat
key_group_window = Fenêtre
key_space = Espace
press_for = Appuie sur la touche pour « { $words } » ; Échap ne change rien.
key_is_taken = { $key } sert déjà à « { $words } ». Appuie sur une autre touche.
talk_key_takes = { $key } sert aussi à « { $words } ». Tant qu’il faut la tenir pour parler, elle ne fait que cela.
language_label = Langue
language_of_system = Comme le système · { $language }
needs_font = { $language } · police manquante
chinese_font_hint = Cet ordinateur n’a pas de police avec des caractères chinois. Installes-en une, par exemple Noto Sans CJK, et relance.

## Films that come from friends

stream_from = Le recevoir de { $name }
settings_films = Films des amis
stream_mode_label = Films absents
stream_auto = Les recevoir aussitôt
stream_ask = Proposer de les recevoir
stream_never = Ne jamais les recevoir
stream_offered = { $name } montre { $film } et peut te l’envoyer pendant que tu regardes.
stream_takes = { $name } montre { $film } et peut te l’envoyer pendant que tu regardes : il faut environ { $rate }.
film_comes = { $percent } % déjà là, { $rate } de { $sources ->
    [one] { $sources } ami
   *[other] { $sources } amis
}
film_comes_slowly = { $percent } % déjà là, { $rate } sur les { $needed } nécessaires
film_comes_whole = Le film est là en entier
film_is_given = Ton film part chez tes amis, { $rate }
keep_film = Garder ce film…
keeping_film = Le film s’enregistre…
choose_film_name = Enregistrer le film sous
forget_films = Supprimer les films reçus

## How the call goes

condition_good = bonne
condition_voice_breaks = la voix coupe
condition_picture_stutters = l’image saccade
condition_long_delay = grand retard
condition_weak = connexion faible
condition_weak_reduced = connexion faible, image réduite
condition_connecting = connexion
condition_reconnecting = reconnexion
condition_no_connection = pas de connexion
condition_other_key = autre clé qu’avant
everybody_is = Tous : { $words }
somebody_is = { $who } : { $words }
computer_too_slow = Cet ordinateur est trop lent pour l’image qu’il envoie
call_goes_on = Le serveur est absent ; l’appel continue
path_host = même réseau
path_direct = direct
path_relay = par un relais
words_and_path = { $words }, { $path }
rate_kilobits = { $kilobits } kbit/s
rate_megabits = { $megabits } Mbit/s
round_trip = { $ms } ms
lost = { $percent } % perdu
clock_within = horloge ±{ $ms } ms
rates = ↓ { $down } · ↑ { $up }
rates_of = ↓ { $down } · ↑ { $up } sur { $most }
subject_camera = Caméra
subject_screen = Écran
picture_received = { $subject } { $size }, { $fps } i/s
picture_sent = { $subject } { $size }, { $fps } i/s, { $rate }, { $ms } ms par image
dropped = { $count ->
    [one] 1 perdue
   *[other] { $count } perdues
}
froze_once = figée une fois
froze_times = figée { $count } fois
voice_received = Voix : gigue { $ms } ms, { $percent } % masqué
film_ahead = Film { $ms } ms en avance
film_behind = Film { $ms } ms en retard
film_in_step = Film à la milliseconde près
program_use = { $cpu } % d’un cœur, { $memory } Mo de mémoire

## What happens

name_invalid = Un nom a de 1 à 40 caractères. Tape le tien et réessaie.
already_in_room = Tu es déjà dans un salon. Quitte-le d’abord.
not_in_room = Tu n’es encore dans aucun salon. Crées-en un ou rejoins-en un.
server_late = Le serveur n’a pas répondu à temps. Vérifie son adresse et ton réseau, puis réessaie.
server_silent = Le serveur ne répond pas.
server_url_silent = Le serveur { $url } ne répond pas. Vérifie son adresse et ton réseau, puis réessaie.
server_unreachable = Le serveur { $url } est injoignable ({ $error }). Vérifie son adresse et ton réseau, puis réessaie.
no_cinemasync_server = { $url } répond, mais ce n’est pas un serveur CinemaSync (état HTTP { $status }). Vérifie l’adresse.
no_server_address = { $typed } n’est pas une adresse de serveur. Cela ressemble à wss://cinema.example.org ou ws://192.0.2.7:8080.
server_connection_lost = La connexion au serveur est perdue.
server_gone = Le serveur est absent. L’appel et le film continuent ; personne ne peut entrer avant son retour.
server_back = Le serveur est de retour
room_unknown = Le serveur ne connaît plus ce salon. Tu peux continuer avec ceux à qui tu es relié ; pour faire entrer quelqu’un, quitte-le et crées-en un nouveau.
message_length = Un message a de 1 à { $most } caractères. Raccourcis-le et renvoie-le.
message_unreached = Tout le monde n’a pas reçu ton message : le serveur est absent.
reaction_invalid = Une réaction, c’est un seul emoji. Les mots vont dans le chat.
only_host_rules = C’est l’hôte qui fixe les règles de ce salon.
everyone_may_steer = Tout le monde peut piloter le film
only_host_may_steer = Seul { $host } peut piloter le film
starts_when_ready = Un film démarre quand tout le monde a dit oui
starts_by_play = Un film démarre quand quelqu’un le lance
host_steers_ask = Dans ce salon, { $host } pilote le film. Demande-lui dans le chat.
no_code_to_compare = Pas encore de code de sécurité à comparer. Attends d’être connecté.
nobody_waits = Personne n’attend à cette place avec une autre clé.
key_changed = Le programme de { $who } a une autre clé qu’avant. Il a peut-être été réinstallé, ou quelqu’un veut prendre la place de { $who }. Demande-lui par un autre moyen, puis accepte ou refuse ; d’ici là, rien ne lui est envoyé.
key_changed_compared = Le programme de { $who } a une autre clé qu’avant, alors que vous aviez comparé les codes de sécurité. Il a peut-être été réinstallé, ou quelqu’un veut prendre la place de { $who }. Demande-lui par un autre moyen, puis accepte ou refuse ; d’ici là, rien ne lui est envoyé.
you_are_back = Te revoilà dans le salon
joined = { $who } est là
has_left = { $who } est parti
lost_connection = { $who } a perdu la connexion
was_removed = { $who } a été exclu
room_locked = Le salon est fermé : personne d’autre ne peut entrer
room_unlocked = Le salon est rouvert

refused_protocol = L’application et le serveur parlent des versions différentes. Mets à jour la plus ancienne.
refused_not_found = Il n’y a pas de salon avec ce code. Demande à qui t’a invité ; un salon ferme quand le dernier s’en va.
refused_full = Le salon est plein.
refused_locked = Le salon est fermé. Demande à l’hôte de te laisser entrer.
refused_password = Le salon a un mot de passe et le tien n’est pas le bon. Demande à qui t’a invité.
refused_name = Un nom a de 1 à 40 caractères, sans caractères de contrôle.
refused_not_host = Seul l’hôte du salon peut faire cela.
refused_rate = C’était trop d’un coup. Attends un instant, puis réessaie.
refused_resume = Ta place dans le salon n’est plus gardée. Rejoins-le avec son code.
refused_removed = Tu as été exclu du salon, ou tu y es revenu d’ailleurs.
refused_shutting_down = Le serveur s’arrête. L’appel et le film continuent ; pour faire entrer d’autres gens, réessaie dans une minute ou prends un autre serveur.
refused_server_full = Le serveur est plein. Réessaie plus tard ou prends-en un autre.

device_lack = Il n’y a { $kind ->
        [camera] aucune caméra
        [microphone] aucun micro
       *[loudspeaker] aucun haut-parleur
    } qui marche. Branches-en un.
device_failed = { $name } : { $why }
device_failed_instead = { $name } : { $why } En attendant, « { $now } » est utilisé.
device_gone = { $kind ->
        [camera] La caméra
        [microphone] Le micro
       *[loudspeaker] Le haut-parleur
    } « { $gone } » n’est plus là, et il n’y en a pas d’autre. Branches-en un.
device_gone_instead = { $kind ->
        [camera] La caméra
        [microphone] Le micro
       *[loudspeaker] Le haut-parleur
    } « { $gone } » n’est plus là. « { $now } » est utilisé à la place.
device_gone_until_back = { $kind ->
        [camera] La caméra
        [microphone] Le micro
       *[loudspeaker] Le haut-parleur
    } « { $gone } » n’est plus là. « { $now } » est utilisé jusqu’à son retour.
device_back = { $kind ->
        [camera] La caméra
        [microphone] Le micro
       *[loudspeaker] Le haut-parleur
    } « { $now } » est de retour et utilisé.
device_absent = Il n’y a { $kind ->
        [camera] aucune caméra
        [microphone] aucun micro
       *[loudspeaker] aucun haut-parleur
    } « { $name } ». « { $now } » est utilisé en attendant.
device_default_now = { $kind ->
        [camera] La caméra
        [microphone] Le micro
       *[loudspeaker] Le haut-parleur
    } du système est maintenant « { $now } ».
no_device_found = { $kind ->
        [camera] Aucune caméra trouvée
        [microphone] Aucun micro trouvé
       *[loudspeaker] Aucun haut-parleur trouvé
    }. Branches-en un, ou regarde les réglages du système.
device_unknown = Il n’y a { $kind ->
        [camera] aucune caméra
        [microphone] aucun micro
       *[loudspeaker] aucun haut-parleur
    } { $name }. Il y a : { $known }.
device_ambiguous = { $name } désigne { $kind ->
        [camera] plusieurs caméras
        [microphone] plusieurs micros
       *[loudspeaker] plusieurs haut-parleurs
    } : { $matches }. Donne plus du nom.
device_busy = Un autre programme utilise { $kind ->
        [camera] la caméra
        [microphone] le micro
       *[loudspeaker] le haut-parleur
    }. Ferme-le et réessaie.
device_forbidden = Le système ne laisse pas ce programme utiliser { $kind ->
        [camera] la caméra
        [microphone] le micro
       *[loudspeaker] le haut-parleur
    }. Autorise-le dans les réglages de confidentialité.
device_no_format = Impossible d’utiliser { $kind ->
        [camera] la caméra
        [microphone] le micro
       *[loudspeaker] le haut-parleur
    } : aucun format que ce programme comprenne.
device_not_opened = Impossible d’ouvrir { $kind ->
        [camera] la caméra
        [microphone] le micro
       *[loudspeaker] le haut-parleur
    } ({ $reason }). Essaies-en un autre, ou relance le système de son.
device_disconnected = { $kind ->
        [camera] La caméra a été débranchée
        [microphone] Le micro a été débranché
       *[loudspeaker] Le haut-parleur a été débranché
    }. Rebranche-le ou choisis-en un autre.
device_stopped = { $kind ->
        [camera] La caméra
        [microphone] Le micro
       *[loudspeaker] Le haut-parleur
    } ne marche plus. Choisis-en un autre, ou relance le système de son.
microphone_silent = Le micro ne donne aucun son. Regarde s’il est allumé, ou choisis-en un autre.
voice_not_encoded = La voix ne peut pas être encodée ({ $error }). Relance le programme.
camera_not_opened = La caméra n’a pas pu être ouverte ({ $error }). Ferme les autres programmes.
camera_driver_failed = Le pilote de la caméra a lâché. Choisis une autre caméra, ou rebranche-la.
camera_unreadable = Les images de la caméra sont illisibles ({ $error }). Choisis une autre caméra.
camera_not_sent = Les images de la caméra ne peuvent pas être envoyées ({ $error }). Choisis une autre caméra.
camera_stopped = La caméra s’est arrêtée. Rebranche-la ou choisis-en une autre.
camera_no_picture = La caméra ne donne pas d’image. Ferme les programmes qui l’utilisent, ou rebranche-la.
camera_broken = La caméra ne marche pas ({ $reason }). Rebranche-la ou choisis-en une autre.

share_started = { $who } partage son écran
share_stopped = { $who } ne partage plus son écran
screen_not_sent = L’écran ne peut pas être envoyé ({ $error }). Partage autre chose.
screen_sound_ended = Le son des autres programmes ne peut pas être partagé : { $reason }. L’image continue sans lui.

no_film_yet = Il n’y a pas encore de film. Ouvres-en un d’abord.
no_film_shown = Le salon ne montre aucun film. Ouvre celui-ci pour le montrer.
queue_full = Pas plus de { $most } films ne peuvent attendre. Retires-en un d’abord.
queue_added = { $who } a ajouté { $film } pour la suite
queue_empty = Aucun film n’attend. Ajoutes-en un d’abord.
copy_differs = Le fichier de { $who } ressemble au tien, mais pas au dernier octet près : l’un de vous verra peut-être des défauts à l’image
wrong_film = Ce fichier n’est pas celui que montre le salon. Choisis la même version, utilise celle-ci quand même et règle son décalage, ou ouvre-la pour tous.
wrong_film_longer = Ce fichier n’est pas celui que montre le salon (il dure { $seconds } s de plus). Choisis la même version, utilise celle-ci quand même et règle son décalage, ou ouvre-la pour tous.
wrong_film_shorter = Ce fichier n’est pas celui que montre le salon (il dure { $seconds } s de moins). Choisis la même version, utilise celle-ci quand même et règle son décalage, ou ouvre-la pour tous.
wrong_film_same_length = Ce fichier n’est pas celui que montre le salon (même durée). Choisis la même version, utilise celle-ci quand même et règle son décalage, ou ouvre-la pour tous.
other_cut_used = Tu regardes un autre fichier que les autres. Son décalage est de { $shift } s.
other_cut_longer = Tu regardes un autre fichier que les autres (il dure { $seconds } s de plus). Son décalage est de { $shift } s.
other_cut_shorter = Tu regardes un autre fichier que les autres (il dure { $seconds } s de moins). Son décalage est de { $shift } s.
other_cut_same_length = Tu regardes un autre fichier que les autres (même durée). Son décalage est de { $shift } s.
copy_is_same = Ta copie est la même que celle des autres : elle n’a pas de décalage.
goes_on_at = Le film reprend à { $place }, là où il s’était arrêté
left_behind = Le film continue sans { $who }
pressed_play = { $who } a lancé la lecture à { $place }
paused_at = { $who } a mis en pause à { $place }
went_to = { $who } est allé à { $place }
set_speed = { $who } a mis la vitesse à { $rate }
tracks_proposed = Tu as proposé tes pistes aux autres
subtitles_offered = { $who } propose les sous-titres { $name }
subtitles_gone = Ces sous-titres ne sont plus proposés.
film_address_scheme = L’adresse d’un film commence par http:// ou https://. Vérifie l’adresse.
film_address_too_long = Cette adresse est trop longue. Demandes-en une plus courte.
film_address_user = Une adresse avec un nom ou un mot de passe n’est pas ouverte. Retire ce qui précède le @.
film_address_host = Cette adresse ne désigne aucun serveur. Vérifie l’adresse.
film_address_characters = Cette adresse contient des caractères qui n’ont rien à y faire. Copie-la à nouveau depuis le navigateur.
film_unreadable = Le film est illisible : { $error }. Regarde si le fichier est encore là et peut être lu.
film_is_folder = C’est un dossier. Choisis le fichier du film qu’il contient.
film_is_no_file = Ce n’est pas un fichier ordinaire. Choisis un fichier de film.
film_is_empty = Ce fichier est vide. Il n’a peut-être pas été copié jusqu’au bout ; choisis-en un autre.
film_name_unusable = Un fichier de ce nom ne peut pas être ouvert. Renomme-le.
not_a_film = Ce fichier n’est pas un film lisible, ou il est abîmé. Choisis-en un autre.
nothing_in_film = Ce fichier ne contient ni image ni son lisibles. Choisis-en un autre.
film_not_played = Le film ne peut pas être lu ({ $why }). Vérifie que le fichier est complet, ou choisis-en un autre.
film_unreachable = Le film à cette adresse ne s’ouvre pas. Vérifie l’adresse et ta connexion à Internet, ou choisis un autre film.
film_cut_off = Le film s’interrompt ici : son serveur ne répond plus, ou ne l’a pas en entier. Rouvre-le, ou choisis une autre adresse.
film_late_from_server = Le film ne s’est pas ouvert à temps : son serveur ne répond pas ou est trop lent. Réessaie, ou choisis une autre adresse.
film_late_from_disk = Le film ne s’est pas ouvert à temps. Le disque ne répond pas ou le fichier est abîmé ; réessaie ou choisis-en un autre.
subtitles_too_large = Ce fichier est trop gros pour des sous-titres. Choisis un fichier SRT, ASS ou WebVTT.
subtitles_no_text = Ce fichier n’est pas du texte. Choisis un fichier SRT, ASS ou WebVTT.
player_ended = Le lecteur s’est arrêté de façon inattendue. Rouvre le film.
player_gave_no_answer = Le lecteur n’a pas donné de réponse. Relance le programme.
player_silent = Le lecteur ne répond pas. Relance le programme.
player_not_started = Le lecteur n’a pas pu démarrer : { $why }. Relance le programme, ou réinstalle libmpv.
libmpv_missing = Les films ne peuvent pas être lus, car libmpv manque. Pour l’installer : { $how }. Puis réessaie.
libmpv_unsuitable = Le libmpv de cet ordinateur est inutilisable : { $why }. Il faut la version 0.33 ou plus récente : { $how }.
install_on_linux = paquet « libmpv2 » (Debian, Ubuntu), « mpv-libs » (Fedora) ou « mpv » (Arch)
install_on_macos = lance « brew install mpv »
install_on_windows = mets libmpv-2.dll (d’un paquet de développement de mpv) dans le dossier de ce programme
film_not_streamed = Personne n’offre ce film. Choisis une copie à toi.
film_is_offered = Un film qui vient de quelqu’un d’autre est montré tel qu’il a été offert. Choisis un fichier à montrer.
film_stream_unreachable = Le film qui vient des autres ne s’ouvre pas. Réessaie, ou choisis une copie à toi.
film_late_from_others = Le film qui vient des autres ne s’est pas ouvert à temps : il est peut-être abîmé. Réessaie, ou choisis une copie à toi.
film_stream_cut_off = Le film s’interrompt ici : la suite est illisible. Rouvre-le, ou choisis une copie à toi.
no_stream = Aucun film ne vient des autres en ce moment ; rien à garder.
film_saved = Le film est enregistré sous { $name }

## What was taken away

film_taken_off = Tu as retiré { $title }.
film_waits_no_more = { $title } n'attend plus.
put_back = Remettre
forgotten_room = { $code } est oublié.

## Comment le programme prend soin de lui

settings_put_aside = Les réglages étaient illisibles et sont comme au premier démarrage. L’ancien fichier est gardé : { $file }
settings_newer = Une version plus récente de CinemaSync a écrit les réglages. Ici, ils sont comme au premier démarrage ; son fichier est gardé : { $file }
films_put_aside = Ce qui était retenu des films est illisible. L’ancien fichier est gardé : { $file }
rooms_put_aside = La liste des salons récents est illisible. L’ancien fichier est gardé : { $file }
crashed_last_time = CinemaSync s’est arrêté de façon inattendue la dernière fois.
failed_last_time = Une partie de CinemaSync a échoué la dernière fois.
show_report = Voir le rapport
crash_report = Ce qui s’est passé
crash_report_hint = Rien de ceci n’a été envoyé. Copie-le si tu veux en parler à quelqu’un.
copy_crash_report = Le copier
settings_about = À propos
check_updates = Chercher des mises à jour
check_daily = Chercher une fois par jour
check_updates_hint = Ton serveur est interrogé sur la version qu’il recommande. Rien n’est téléchargé.
updates_asking = Question posée…
updates_newest = C’est la version que ton serveur recommande, ou une plus récente.
updates_newer = Ton serveur recommande la version { $version }. Prends-la là où tu as pris celle-ci.
updates_not_told = Ton serveur ne dit pas quelle version il recommande.
updates_no_server = Tu n’utilises aucun serveur à interroger.
updates_failed = Le serveur n’a pas pu être interrogé.
