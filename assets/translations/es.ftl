### Lo que dice la ventana, en español.

## Everywhere

lobby_hint = Crea una sala y envía el código, o escribe el que te dieron.
your_name = Tu nombre
name_hint = Como te llaman tus amigos
name_missing = Escribe primero tu nombre, para que tus amigos sepan quién llegó.
name_too_long = Tu nombre es demasiado largo: usa 40 caracteres como máximo.
new_room = Sala nueva
or_join = o entra en una
room_code = Código de la sala
code_hint = Código o enlace
code_missing = Escribe el código que te enviaron o pega el enlace.
code_length = Un código de sala tiene 8 letras y cifras. Mira si falta alguna.
join = Entrar
come_back = Volver a la sala donde estabas
entering_new = Creando tu sala…
entering = Entrando…
cancel = Cancelar
server = Servidor
on_this_computer = En este equipo
on_this_computer_hint = Para probar: los demás no llegan a él.
at_an_address = En una dirección
address = Dirección del servidor
address_missing = Escribe la dirección del servidor, por ejemplo wss://films.example.org.
address_scheme = La dirección de un servidor empieza por wss:// o ws://.
address_host = Esa dirección no nombra ningún servidor. Es algo como wss://films.example.org o 192.168.1.20:8080.
you = Tú
mute = Apagar el micrófono
unmute = Encender el micrófono
camera_off = Apagar la cámara
camera_on = Encender la cámara
microphone_is_on = Tu micrófono está encendido
microphone_is_off = Tu micrófono está apagado
heard = Se te oye
camera_is_off = Tu cámara está apagada
speaker_is_on = Tu altavoz
echo_is_taken_out = se quita el eco
camera_starting = Encendiendo tu cámara…
react = Reaccionar
leave = Salir de la sala
copy_code = Copiar la invitación a
copied = Copiado
people_label = Personas y conexiones
alone = Aún no hay nadie más.
send_code = Envía este código a tus amigos:
message = Mensaje
send = Enviar
dismiss = Cerrar
chat_empty = Di hola.
server_away = El servidor no está. La película y la charla siguen.
settings = Ajustes
settings_camera = Cámara
settings_voice = Tu voz
settings_sound = Lo que oyes
settings_connections = Conexiones
system_default = Según el sistema
no_device = No se encontró ninguno
away = Sin conectar
level = Volumen de tu micrófono
input_gain = Más alto o más bajo
automatic_gain = Igualar el volumen
noise_suppression = Quitar el ruido
echo_cancellation = Quitar el eco del altavoz
push_to_talk = Solo mientras mantengo una tecla
talk_key = Tecla para hablar
press_a_key = Pulsa la tecla que quieres mantener al hablar; con Escape se queda como está.
ducking_label = Película al hablar
ducking_release = Sube de nuevo en
sounds = Sonidos al llegar, salir y silenciar
quality_label = Como máximo
quality_hint = Lo que se envía depende de la conexión y del tamaño con que te ven tus amigos; nunca pasa de esto.
route_label = Caminos
route_hint = Para las conexiones nuevas. Solo por relays, tus amigos no conocen tu dirección de red.
copy_report = Copiar un informe
report_copied = Copiado, sin nombres ni direcciones
you_send = Tú y este programa
graph_rtt = Ida y vuelta
graph_loss = Pérdida
graph_rate = Entrada
safety_code = Código de seguridad
no_safety_code = Aún no hay: llega con la conexión, si el otro programa conoce los códigos.
they_are_equal = Son iguales
take_back = Retirarlo
accept_key = Conectar con el programa nuevo
refuse_key = Rechazarlo
another_key = Otra clave: pulsa para decidir
key_refused = Rechazado: otra clave
catching_up = Alcanzando
connected = Conectado
connecting = Conectando
just_you = Solo tú
paused = En pausa
opening = Abriendo la película
waiting_label = Preparando
answer_wanted = Te preguntan
copy_wanted = Falta tu copia
headline_1 = Noche de cine,
headline_2 = estés donde estés.
somebody = Alguien
the_host = el anfitrión
names_two = { $one } y { $two }
names_more = { $one }, { $two } y { $more } más
people = { $count ->
    [one] 1 persona en la sala
   *[other] { $count } personas en la sala
}
reconnecting = Reconectando
no_connection = Sin conexión
gone = Se fue
face_speaking = { $said }, hablando
face_muted = { $said }, en silencio
face_connecting = { $said }, conectando
face_reconnecting = { $said }, reconectando
face_unconnected = { $said }, sin conexión
face_gone = { $said }, se fue
face_menu = { $said }. Volumen y código de seguridad
volume_of = Volumen de { $name }
device_camera = Cámara
device_microphone = Micrófono
device_speaker = Altavoz
route_any = Directo; si no, por un relay
route_relay_only = Solo por relays
route_no_relay = Nunca por un relay
quality = { $height }p, { $fps } fps
ducking_off = Sin cambios
in_sync = En sincronía · ±{ $ms } ms
clock_known = Reloj conocido a ±{ $ms } ms
clock_not_compared = Relojes aún sin comparar
seconds = { $seconds } s
milliseconds = { $ms } ms
percent = { $percent } %
how_to_compare = Léanse estos signos en voz alta. Si { $name } ve los mismos siete, no hay nadie en medio: ni el servidor ni un relay.
compared = Lo comparaste con { $name }
other_key = El programa de { $name } tiene otra clave que antes. Quizá lo reinstaló, o alguien quiere ocupar el lugar de { $name }. Pregúntale antes por otro medio. No se le envía nada hasta que te conectes.
other_key_compared = El programa de { $name } tiene otra clave que antes, y ya habías comparado los códigos de seguridad. Quizá lo reinstaló, o alguien quiere ocupar el lugar de { $name }. Pregúntale antes por otro medio. No se le envía nada hasta que te conectes.
code_character = «{ $found }» no aparece en los códigos de sala. No llevan I, O, 0 ni 1.
with_password = Con contraseña
new_password = Contraseña de la sala nueva
room_password = Contraseña de la sala
password_wanted = Esta sala tiene contraseña. Pídesela a tu amigo.
password_wrong = Esa no es la contraseña de la sala.
show_password = Mostrar la contraseña
hide_password = Ocultar la contraseña

## The film

drop_a_film = Suelta aquí una película o elige una
choose_film = Elegir película
choose_copy = Elegir tu copia
drop_now = Suelta para mostrarla en la sala
play = Reproducir
pause = Pausa
back = Atrás 10 segundos
forward = Adelante 10 segundos
seek = Posición en la película
volume = Volumen de la película
silence = Silenciar la película
sound = Activar el sonido de la película
rate_label = Velocidad
full_screen = Pantalla completa
leave_full_screen = Salir de pantalla completa
close_film = Quitar la película
previous_chapter = Capítulo anterior
next_chapter = Capítulo siguiente
drop_subtitles_now = Suelta para añadir estos subtítulos
i_am_ready = Ya puedo empezar
not_ready_yet = Todavía no
ready_check = La película empieza cuando todos puedan
slowed = Un poco más lento, para que todos sigan
undo_label = Deshacer
use_it = Usar
not_now = Ahora no
use_other_cut = Usarla igualmente
other_cut = Este archivo no es el que se ve en la sala.
open = Abrir
open_address = Abrir una dirección…
film_address = Dirección de una película
film_address_asked = Se pregunta a cada uno antes de que su equipo la abra; el servidor ve entonces sus direcciones IP.
show_address = Mostrar en la sala
films = Películas de la noche
next_films = A continuación
no_next_film = Aún ninguna. Cuando una película acaba, empieza sola la siguiente de la lista.
add_film = Añadir una película…
play_next = Poner la siguiente
go_there = Ir allí
send_with_place = Enviar con el momento de la película (Ctrl+Intro)
this_room = Esta sala
lock_room = No dejar entrar a nadie más
who_steers = Quién controla la película
ready_check_rule = Empezar cuando todos puedan
patience_label = Esperar como máximo
patience_less = Esperar menos
patience_more = Esperar más
chapter = { $time } · Capítulo { $number }
waiting_for = Esperando: { $who }
waiting_to_open = Abriendo la película: { $who }
waiting_to_be_ready = Aún sin confirmar: { $who }
buffering = { $who } (cargando)
buffering_percent = { $who } (cargando, { $percent } %)
you_waited_for = tú
go_on_without = Seguir sin { $name }
go_on_without_me = Seguir sin mí
go_on_without_them = Seguir sin esperar
undo_pause = { $who } pausó en { $place }
undo_seek = { $who } fue a { $place }
host_steers = En esta sala { $host } controla la película
steering_everyone = Todos
steering_host = Solo el anfitrión
minutes = { $minutes } min
whole_seconds = { $seconds } s
rule_everyone = Todos controlan la película.
rule_host = Solo { $host } controla la película.
rule_ready = Una película empieza cuando todos puedan.
rule_play = Una película empieza cuando alguien la reproduce.
rule_patience = A nadie se le espera más de { $time }.
address_asked = { $who } quiere mostrar lo que hay en { $address }. Tu equipo se lo pedirá a ese servidor, que verá tu dirección IP.
queued = { $film } · { $who }
film_sooner = { $film }: antes
film_later = { $film }: después
unqueue = Quitar { $film }
go_to = ¿Llevar a todos a { $place }?
place = Ir a { $place }
shows = { $who } muestra { $film }: elige tu copia
shows_at = { $who } muestra lo que hay en { $server }
opening_film = Abriendo { $film }
drop_copy = Suelta: tu copia de { $film }
drop_instead = Suelta para mostrarla en lugar de { $film }
title_from = { $film } · de { $who }

## Faces, hands, chat

faces = Caras sobre la película
faces_size = Tamaño
faces_smaller = Caras más pequeñas
faces_larger = Caras más grandes
emoji_picker = Poner un emoji
open_link = Abrir en el navegador
copy_link = Copiar
raise_hand = Levantar la mano
lower_hand = Bajar la mano
link = Enlace a { $address }
link_asked =
    ¿Abrir { $server } en tu navegador? La dirección completa es
    { $address }
hand_raised = { $said }, mano levantada
is_behind = { $name } va { $seconds } s atrás
is_ahead = { $name } va { $seconds } s adelante
at_the_left = A la izquierda
at_the_top = Arriba
at_the_right = A la derecha
show_chat = Mostrar el chat
show_chat_unread = { $count ->
    [one] Mostrar el chat, 1 mensaje sin leer
   *[other] Mostrar el chat, { $count } mensajes sin leer
}
put_chat_away = Ocultar el chat

## Shared screens

share_screen = Compartir pantalla
share_label = Compartir
share_this_now = Compartir esto ahora
stop_sharing = Dejar de compartir
stop = Parar
change = Cambiar
change_shared = Compartir otra cosa
monitors = Monitores
windows = Ventanas
search_windows = Buscar ventanas
search_hint = Título o programa
nothing_found = Ninguna ventana se llama así.
looking_for_screens = Buscando monitores y ventanas…
no_screens = No se encontraron monitores ni ventanas. Puede que tu sistema no deje verlos a los programas.
with_sound = Con el sonido de este equipo
with_sound_hint = Va lo que suena en otros programas, pero nunca las voces de tus amigos ni la película de la sala.
how_it_is_sent = Cómo se envía
settings_screen = Tu pantalla
content_label = Pensado para
title_sharing = CinemaSync · compartes tu pantalla
content_hint = Para texto, menos imágenes por segundo y toda la resolución; para movimiento, al revés.
sixty = Hasta 60 imágenes por segundo
screen_limit = Como máximo
screen_limit_less = Gastar menos en la pantalla
screen_limit_more = Gastar más en la pantalla
portal = Que pregunte el sistema
portal_hint = En este escritorio el sistema pregunta qué quieres compartir. Abre su propia lista al pulsar Compartir, y CinemaSync solo ve lo que elijas allí.
go_on = Continuar
the_film = Película
actual_size = Tamaño real
whole_screen = Entera
no_title = Ventana sin título
sent_with_sound = con sonido
permission_1 = macOS preguntará si CinemaSync puede grabar la pantalla y el sonido de este equipo. Solo lo hace mientras eliges qué compartir y mientras lo compartes.
permission_2 = Acéptalo en Ajustes del Sistema, en «Privacidad y seguridad», «Grabación de pantalla y audio del sistema», y vuelve a abrir CinemaSync. Si no, tus amigos verán un escritorio vacío.
you_share_titled = Compartes «{ $title }»
you_share_screen = Compartes tu pantalla
you_share_window = Compartes una ventana
you_share_pattern = Compartes la carta de ajuste
screen_of = Pantalla de { $name }
screen_comes = { $name } comparte su pantalla. La imagen está en camino…
screen_volume_of = Volumen de la pantalla de { $name }
hear_screen = Oír la pantalla de { $name }
silence_screen = Silenciar la pantalla de { $name }
content_any = Lo que haya
content_text = Texto e imágenes fijas
content_motion = Película o juego
content_text_now = Lo que haya · ahora texto
content_motion_now = Lo que haya · ahora movimiento
megabits = { $megabits } Mbit/s

## Tracks of the film

tracks = Sonido y subtítulos
subtitles = Subtítulos
audio = Pista de sonido
no_sound = Sin sonido
no_subtitles = Sin subtítulos
subtitle_delay = Retrasar subtítulos
subtitles_earlier = Subtítulos 0,1 s antes
subtitles_later = Subtítulos 0,1 s después
subtitle_size = Tamaño de los subtítulos
smaller = Subtítulos más pequeños
larger = Subtítulos más grandes
audio_delay = Retrasar sonido
sound_earlier = Sonido 0,1 s antes
sound_later = Sonido 0,1 s después
add_subtitles = Añadir subtítulos…
propose_tracks = Proponer mis pistas a todos
your_cut = Tu versión de la película
your_cut_hint = Cuántos segundos más tarde ocurre todo en tu archivo. Se recuerda para estos dos archivos.
shift_label = Desfase de tu archivo en segundos
track_number = Pista { $number }
external = externa
mono = mono
stereo = estéreo
channels = { $count } canales
rate_normal = Normal
shift = { $seconds } s
shift_1_less = Desfase 1 s menos
shift_0_1_less = Desfase 0,1 s menos
shift_0_1_more = Desfase 0,1 s más
shift_1_more = Desfase 1 s más
proposal = { $who } propone { $sound }, { $subtitles }
proposed_sound = sonido { $track }
proposed_no_sound = sin sonido
proposed_subtitles = subtítulos { $track }
proposed_no_subtitles = sin subtítulos
offers = { $who } ofrece { $name }
offers_here = { $who } ofrece { $name } · ya aquí
take_these_subtitles = Usar estos subtítulos: { $name }

language_ar = Árabe
language_cs = Checo
language_da = Danés
language_de = Alemán
language_el = Griego
language_en = Inglés
language_es = Español
language_fi = Finés
language_fr = Francés
language_hi = Hindi
language_it = Italiano
language_ja = Japonés
language_ko = Coreano
language_nl = Neerlandés
language_no = Noruego
language_pl = Polaco
language_pt = Portugués
language_ru = Ruso
language_sv = Sueco
language_tr = Turco
language_uk = Ucraniano
language_zh = Chino

## Layouts

layout_label = Vista
layout_follows = Según venga
layout_follows_hint = La película o la pantalla se ve grande mientras la haya; si no, las caras. Elige una vista para mantenerla.
key_layout = Vista siguiente
compact = Ventana pequeña encima
leave_compact = Volver a la ventana grande
film_large = Volver a ver la película en grande
screen_large = Volver a ver en grande la pantalla de { $name }
layout_talk = Charla
layout_watch = Ver
layout_share = Pantalla
layout_theatre = Cine
choose_talk = Charla: caras grandes
choose_watch = Ver: película grande, caras al lado
choose_share = Pantalla: la de un amigo en grande
choose_theatre = Cine: pantalla completa
watch_waits = Guardada: llega con la próxima película.
share_waits = Guardada: llega cuando alguien comparta su pantalla.
theatre_waits = Guardada: llega con la próxima película o pantalla.
layout_now = Vista: { $layout }
layout_kept = Vista: { $layout }, fija

## The window itself

keys = Teclas
keys_hint = Todas se pueden cambiar: Ajustes, Esta ventana.
close = Cerrar
key_play = Reproducir o pausar
key_back = Atrás 5 s
key_forward = Adelante 5 s
key_back_more = Atrás 10 s
key_forward_more = Adelante 10 s
key_frame_back = Un fotograma atrás
key_frame_forward = Un fotograma adelante
key_louder = Película más alta
key_quieter = Película más baja
key_microphone = Micrófono sí o no
key_camera = Cámara sí o no
key_chat = Escribir un mensaje
key_share = Compartir pantalla
key_talk = Mantener para hablar
key_full_screen = Pantalla completa
key_theatre = Cine: solo la película
key_zoom = Pantalla compartida a tamaño real
key_help = Estas teclas
key_escape = Salir, cerrar
settings_window = Esta ventana
search_settings = Buscar en los ajustes
no_setting_found = Ningún ajuste se llama así.
scale = Tamaño de todo
scale_less = Todo más pequeño
scale_more = Todo más grande
on_top = Encima de las demás ventanas
reduced_motion = Menos movimiento
notifications = Avisarme de lo que pasa cuando no miro
came_in = Entró en la sala
waits_for_you = La sala te espera
keys_as_they_came = Las de siempre
keys_chosen = Elegidas por ti
reset_keys = Restablecer todas las teclas
drop_for_room = Suelta para mostrarla en la sala donde entres
drop_subtitles_later = Los subtítulos son para una película: entra primero en una sala
film_for_room = Se mostrará en la sala donde entres
not_that_film = No mostrar esta película
show_it = Mostrar
after_this_one = Después de esta
invitation_waits = Se abrió una invitación. La verás en el vestíbulo cuando salgas de esta sala.
copy_code_only = Copiar solo el código
recent_rooms = Salas recientes
camera_missing = No se encontró ninguna cámara. Conecta una o entra sin ella.
microphone_missing = No se encontró ningún micrófono: conecta uno para que te oigan
first_start_1 = Crea una sala y envía el código a tus amigos, o escribe el que te dieron.
first_start_2 = Cada uno abre la película de su propio archivo y se ve en todas partes en el mismo instante.
first_start_3 = Mientras, se ven, se oyen y chatean; pulsa ? en una sala para ver las teclas.
show_to_room = ¿Mostrar { $file } en la sala?
choose_own_copy = Elige tu copia de la película
choose_next_film = Elige una película para después
choose_subtitles = Elige subtítulos
recent = { $with } · { $ago }
just_now = ahora mismo
minutes_ago = hace { $count } min
hours_ago = { $count ->
    [one] hace 1 hora
   *[other] hace { $count } horas
}
days_ago = { $count ->
    [one] hace un día
   *[other] hace { $count } días
}
go_in_again = Volver a { $code }: { $with }
forget_room = Olvidar { $code }
key_group_film = Película
key_group_call = Charla y chat
key_group_window = Ventana
key_space = Espacio
press_for = Pulsa la tecla para «{ $words }»; con Escape se queda como está.
key_is_taken = { $key } ya es para «{ $words }». Pulsa otra tecla.
talk_key_takes = { $key } también es para «{ $words }». Mientras sirva para hablar, solo hace eso.
language_label = Idioma
language_of_system = Según el sistema · { $language }
needs_font = { $language } · falta una fuente
chinese_font_hint = En este equipo no hay ninguna fuente con caracteres chinos. Instala una, por ejemplo Noto Sans CJK, y vuelve a abrir el programa.

## Films that come from friends

stream_from = Verla en streaming desde { $name }
settings_films = Películas de amigos
stream_mode_label = Las que faltan
stream_auto = En streaming enseguida
stream_ask = Ofrecer streaming
stream_never = Nunca en streaming
stream_offered = { $name } muestra { $film } y puede enviártela mientras la ves.
stream_takes = { $name } muestra { $film } y puede enviártela mientras la ves: hacen falta unos { $rate }.
film_comes = { $percent } % ya está aquí, { $rate } de { $sources ->
    [one] { $sources } amigo
   *[other] { $sources } amigos
}
film_comes_slowly = { $percent } % ya está aquí, { $rate } de los { $needed } que hacen falta
film_comes_whole = La película entera está aquí
film_is_given = Tu película va a tus amigos, { $rate }
keep_film = Guardar esta película…
keeping_film = Guardando la película…
choose_film_name = Guardar la película como
forget_films = Borrar lo recibido

## How the call goes

condition_good = bien
condition_voice_breaks = la voz se corta
condition_picture_stutters = la imagen va a saltos
condition_long_delay = mucho retraso
condition_weak = conexión débil
condition_weak_reduced = conexión débil, imagen reducida
condition_connecting = conectando
condition_reconnecting = reconectando
condition_no_connection = sin conexión
condition_other_key = otra clave que antes
everybody_is = Todos: { $words }
somebody_is = { $who }: { $words }
computer_too_slow = Este equipo es demasiado lento para la imagen que envía
call_goes_on = El servidor no está; la llamada sigue
path_host = misma red
path_direct = directo
path_relay = por un relay
words_and_path = { $words }, { $path }
rate_kilobits = { $kilobits } kbit/s
rate_megabits = { $megabits } Mbit/s
round_trip = { $ms } ms
lost = { $percent } % perdido
clock_within = reloj ±{ $ms } ms
rates = ↓ { $down } · ↑ { $up }
rates_of = ↓ { $down } · ↑ { $up } de { $most }
subject_camera = Cámara
subject_screen = Pantalla
picture_received = { $subject } { $size }, { $fps } fps
picture_sent = { $subject } { $size }, { $fps } fps, { $rate }, { $ms } ms por imagen
dropped = { $count ->
    [one] 1 descartada
   *[other] { $count } descartadas
}
froze_once = se paró una vez
froze_times = se paró { $count } veces
voice_received = Voz: jitter { $ms } ms, { $percent } % disimulado
film_ahead = Película { $ms } ms adelante
film_behind = Película { $ms } ms atrás
film_in_step = Película exacta al milisegundo
program_use = { $cpu } % de un núcleo, { $memory } MB de memoria

## What happens

name_invalid = Un nombre tiene de 1 a 40 caracteres. Escribe el tuyo y prueba otra vez.
already_in_room = Ya estás en una sala. Sal de ella primero.
not_in_room = Aún no estás en ninguna sala. Crea una o entra en una.
server_late = El servidor no respondió a tiempo. Revisa su dirección y tu red y prueba otra vez.
server_silent = El servidor no responde.
server_url_silent = El servidor { $url } no responde. Revisa su dirección y tu red y prueba otra vez.
server_unreachable = No se puede llegar al servidor { $url } ({ $error }). Revisa su dirección y tu red y prueba otra vez.
no_cinemasync_server = { $url } responde, pero no es un servidor de CinemaSync (estado HTTP { $status }). Revisa la dirección.
no_server_address = { $typed } no es una dirección de servidor. Es algo como wss://cinema.example.org o ws://192.0.2.7:8080.
server_connection_lost = Se perdió la conexión con el servidor.
server_gone = El servidor no está. La llamada y la película siguen; nadie más puede entrar hasta que vuelva.
server_back = El servidor ha vuelto
room_unknown = El servidor ya no conoce esta sala. Puedes seguir con quienes estás conectado; para que entre alguien más, sal y crea una nueva.
message_length = Un mensaje tiene de 1 a { $most } caracteres. Acórtalo y envíalo otra vez.
message_unreached = No a todos les llegó tu mensaje: el servidor no está.
reaction_invalid = Una reacción es un solo emoji. Las palabras, en el chat.
only_host_rules = Las reglas de esta sala las pone el anfitrión.
everyone_may_steer = Todos pueden controlar la película
only_host_may_steer = Solo { $host } puede controlar la película
starts_when_ready = Una película empieza cuando todos puedan
starts_by_play = Una película empieza cuando alguien la reproduce
host_steers_ask = En esta sala { $host } controla la película. Pídeselo en el chat.
no_code_to_compare = Aún no hay código de seguridad que comparar. Espera a que haya conexión.
nobody_waits = En este lugar no espera nadie con otra clave.
key_changed = El programa de { $who } tiene otra clave que antes. Quizá lo reinstaló, o alguien quiere ocupar el lugar de { $who }. Pregúntale por otro medio y luego acéptalo o recházalo; hasta entonces no se le envía nada.
key_changed_compared = El programa de { $who } tiene otra clave que antes, y ya habías comparado los códigos de seguridad. Quizá lo reinstaló, o alguien quiere ocupar el lugar de { $who }. Pregúntale por otro medio y luego acéptalo o recházalo; hasta entonces no se le envía nada.
you_are_back = Estás de vuelta en la sala
joined = { $who } llegó
has_left = { $who } se fue
lost_connection = { $who } perdió la conexión
was_removed = { $who } fue expulsado
room_locked = La sala está cerrada: nadie más puede entrar
room_unlocked = La sala está abierta otra vez

refused_protocol = La aplicación y el servidor hablan versiones distintas. Actualiza la más antigua.
refused_not_found = No hay ninguna sala con este código. Pregunta a quien te invitó; una sala se cierra cuando sale el último.
refused_full = La sala está llena.
refused_locked = La sala está cerrada. Pide al anfitrión que te deje entrar.
refused_password = La sala tiene contraseña y la tuya no vale. Pregunta a quien te invitó.
refused_name = Un nombre tiene de 1 a 40 caracteres, sin caracteres de control.
refused_not_host = Eso solo puede hacerlo el anfitrión de la sala.
refused_rate = Eso fue demasiado de golpe. Espera un momento y prueba otra vez.
refused_resume = Tu lugar en la sala ya no está guardado. Entra de nuevo con el código.
refused_removed = Te sacaron de la sala, o volviste a entrar desde otro sitio.
refused_shutting_down = El servidor se está apagando. La llamada y la película siguen; para que entren otros, prueba en un minuto o usa otro servidor.
refused_server_full = El servidor está lleno. Prueba más tarde o usa otro.

device_lack = No hay { $kind ->
        [camera] ninguna cámara
        [microphone] ningún micrófono
       *[loudspeaker] ningún altavoz
    } que funcione. Conecta uno.
device_failed = { $name }: { $why }
device_failed_instead = { $name }: { $why } Mientras tanto se usa «{ $now }».
device_gone = { $kind ->
        [camera] La cámara
        [microphone] El micrófono
       *[loudspeaker] El altavoz
    } «{ $gone }» ya no está y no hay otro. Conecta uno.
device_gone_instead = { $kind ->
        [camera] La cámara
        [microphone] El micrófono
       *[loudspeaker] El altavoz
    } «{ $gone }» ya no está. Se usa «{ $now }» en su lugar.
device_gone_until_back = { $kind ->
        [camera] La cámara
        [microphone] El micrófono
       *[loudspeaker] El altavoz
    } «{ $gone }» ya no está. Se usa «{ $now }» hasta que vuelva.
device_back = { $kind ->
        [camera] La cámara
        [microphone] El micrófono
       *[loudspeaker] El altavoz
    } «{ $now }» ha vuelto y está en uso.
device_absent = No hay { $kind ->
        [camera] ninguna cámara
        [microphone] ningún micrófono
       *[loudspeaker] ningún altavoz
    } «{ $name }». Se usa «{ $now }» hasta que haya.
device_default_now = { $kind ->
        [camera] La cámara
        [microphone] El micrófono
       *[loudspeaker] El altavoz
    } del sistema es ahora «{ $now }».
no_device_found = No se encontró { $kind ->
        [camera] ninguna cámara
        [microphone] ningún micrófono
       *[loudspeaker] ningún altavoz
    }. Conecta uno o mira los ajustes del sistema.
device_unknown = No hay { $kind ->
        [camera] ninguna cámara
        [microphone] ningún micrófono
       *[loudspeaker] ningún altavoz
    } { $name }. Hay: { $known }.
device_ambiguous = { $name } nombra { $kind ->
        [camera] varias cámaras
        [microphone] varios micrófonos
       *[loudspeaker] varios altavoces
    }: { $matches }. Escribe más del nombre.
device_busy = Otro programa está usando { $kind ->
        [camera] la cámara
        [microphone] el micrófono
       *[loudspeaker] el altavoz
    }. Ciérralo y prueba otra vez.
device_forbidden = El sistema no deja que este programa use { $kind ->
        [camera] la cámara
        [microphone] el micrófono
       *[loudspeaker] el altavoz
    }. Permítelo en los ajustes de privacidad.
device_no_format = No se puede usar { $kind ->
        [camera] la cámara
        [microphone] el micrófono
       *[loudspeaker] el altavoz
    }: no ofrece ningún formato que este programa entienda.
device_not_opened = No se pudo abrir { $kind ->
        [camera] la cámara
        [microphone] el micrófono
       *[loudspeaker] el altavoz
    } ({ $reason }). Prueba otro o reinicia el sistema de sonido.
device_disconnected = Se desconectó { $kind ->
        [camera] la cámara
        [microphone] el micrófono
       *[loudspeaker] el altavoz
    }. Conecta de nuevo o elige otro.
device_stopped = Dejó de funcionar { $kind ->
        [camera] la cámara
        [microphone] el micrófono
       *[loudspeaker] el altavoz
    }. Elige otro o reinicia el sistema de sonido.
microphone_silent = El micrófono no da sonido. Mira si está encendido o elige otro.
voice_not_encoded = No se puede codificar la voz ({ $error }). Vuelve a abrir el programa.
camera_not_opened = No se pudo abrir la cámara ({ $error }). Cierra otros programas.
camera_driver_failed = Falló el controlador de la cámara. Elige otra cámara o vuelve a conectarla.
camera_unreadable = No se pueden leer las imágenes de la cámara ({ $error }). Elige otra cámara.
camera_not_sent = No se pueden enviar las imágenes de la cámara ({ $error }). Elige otra cámara.
camera_stopped = La cámara se paró. Vuelve a conectarla o elige otra.
camera_no_picture = La cámara no da imagen. Cierra otros programas que la usen o vuelve a conectarla.
camera_broken = La cámara no funciona ({ $reason }). Vuelve a conectarla o elige otra.

share_started = { $who } comparte su pantalla
share_stopped = { $who } dejó de compartir su pantalla
screen_not_sent = No se puede enviar la pantalla ({ $error }). Comparte otra cosa.
screen_sound_ended = No se puede compartir el sonido de otros programas: { $reason }. La imagen sigue sin él.

no_film_yet = Aún no hay película. Abre una primero.
no_film_shown = En la sala no hay película. Abre esta para mostrarla.
queue_full = No pueden esperar más de { $most } películas. Quita una primero.
queue_added = { $who } añadió { $film } para después
queue_empty = No espera ninguna película. Añade una primero.
copy_differs = El archivo de { $who } es como el tuyo, pero no idéntico: uno de los dos puede ver fallos en la imagen
wrong_film = Este archivo no es el que se ve en la sala. Elige la misma versión, usa esta igualmente y ajusta su desfase, o ábrela para todos.
wrong_film_longer = Este archivo no es el que se ve en la sala (dura { $seconds } s más). Elige la misma versión, usa esta igualmente y ajusta su desfase, o ábrela para todos.
wrong_film_shorter = Este archivo no es el que se ve en la sala (dura { $seconds } s menos). Elige la misma versión, usa esta igualmente y ajusta su desfase, o ábrela para todos.
wrong_film_same_length = Este archivo no es el que se ve en la sala (dura lo mismo). Elige la misma versión, usa esta igualmente y ajusta su desfase, o ábrela para todos.
other_cut_used = Ves otro archivo que los demás. Su desfase es de { $shift } s.
other_cut_longer = Ves otro archivo que los demás (dura { $seconds } s más). Su desfase es de { $shift } s.
other_cut_shorter = Ves otro archivo que los demás (dura { $seconds } s menos). Su desfase es de { $shift } s.
other_cut_same_length = Ves otro archivo que los demás (dura lo mismo). Su desfase es de { $shift } s.
copy_is_same = Tu copia es la misma que la de los demás: no tiene desfase.
goes_on_at = La película sigue en { $place }, donde se quedó la última vez
left_behind = La película sigue sin { $who }
pressed_play = { $who } reproduce desde { $place }
paused_at = { $who } pausó en { $place }
went_to = { $who } fue a { $place }
set_speed = { $who } puso la velocidad a { $rate }
tracks_proposed = Propusiste tus pistas a los demás
subtitles_offered = { $who } ofrece los subtítulos { $name }
subtitles_gone = Estos subtítulos ya no se ofrecen.
film_address_scheme = La dirección de una película empieza por http:// o https://. Revisa la dirección.
film_address_too_long = Esta dirección es demasiado larga. Pide una más corta.
film_address_user = No se abre una dirección con usuario o contraseña. Quita lo que hay antes de la @.
film_address_host = Esta dirección no nombra ningún servidor. Revisa la dirección.
film_address_characters = Esta dirección tiene caracteres que no van ahí. Cópiala otra vez del navegador.
film_unreadable = No se puede leer la película: { $error }. Mira si el archivo sigue ahí y se puede leer.
film_is_folder = Esto es una carpeta. Elige el archivo de la película que hay dentro.
film_is_no_file = Esto no es un archivo normal. Elige un archivo de película.
film_is_empty = Este archivo está vacío. Quizá no se copió hasta el final; elige otro.
film_name_unusable = No se puede abrir un archivo con este nombre. Cámbiale el nombre.
not_a_film = Este archivo no es una película que se pueda reproducir, o está dañado. Elige otro.
nothing_in_film = Este archivo no tiene imagen ni sonido que se puedan reproducir. Elige otro.
film_not_played = No se puede reproducir la película ({ $why }). Mira si el archivo está completo o elige otro.
film_unreachable = No se puede abrir la película de esta dirección. Revisa la dirección y la conexión a internet, o elige otra película.
film_cut_off = La película se corta aquí: su servidor ya no responde o no la tiene entera. Ábrela otra vez o elige otra dirección.
film_late_from_server = No se pudo abrir la película a tiempo: su servidor no responde o es demasiado lento. Prueba otra vez o elige otra dirección.
film_late_from_disk = No se pudo abrir la película a tiempo. El disco no responde o el archivo está dañado; prueba otra vez o elige otro.
subtitles_too_large = Este archivo es demasiado grande para ser subtítulos. Elige un archivo SRT, ASS o WebVTT.
subtitles_no_text = Este archivo no es de texto. Elige un archivo SRT, ASS o WebVTT.
player_ended = El reproductor se cerró de improviso. Abre la película otra vez.
player_gave_no_answer = El reproductor no dio respuesta. Vuelve a abrir el programa.
player_silent = El reproductor no responde. Vuelve a abrir el programa.
player_not_started = No se pudo iniciar el reproductor: { $why }. Vuelve a abrir el programa o reinstala libmpv.
libmpv_missing = No se pueden reproducir películas porque falta libmpv. Para instalarlo: { $how }. Luego prueba otra vez.
libmpv_unsuitable = El libmpv de este equipo no sirve: { $why }. Hace falta la versión 0.33 o posterior: { $how }.
install_on_linux = paquete «libmpv2» (Debian, Ubuntu), «mpv-libs» (Fedora) o «mpv» (Arch)
install_on_macos = ejecuta «brew install mpv»
install_on_windows = pon libmpv-2.dll (de un paquete de desarrollo de mpv) en la carpeta de este programa
film_not_streamed = Nadie ofrece esta película. Elige una copia tuya.
film_is_offered = Una película que viene de otra persona se muestra tal como se ofreció. Elige un archivo para mostrar.
film_stream_unreachable = No se puede abrir la película que viene de otros. Prueba otra vez o elige una copia tuya.
film_late_from_others = La película que viene de otros no se pudo abrir a tiempo: quizá está dañada. Prueba otra vez o elige una copia tuya.
film_stream_cut_off = La película se corta aquí: no se puede leer más. Ábrela otra vez o elige una copia tuya.
no_stream = Ahora no llega ninguna película de otros que se pueda guardar.
film_saved = La película se guardó como { $name }

## What was taken away

film_taken_off = Has quitado { $title }.
film_waits_no_more = { $title } ya no espera.
put_back = Recuperar
forgotten_room = { $code } se ha olvidado.

## Cómo se cuida el programa

settings_put_aside = No se pudo leer la configuración y está como la primera vez. El archivo anterior se conserva: { $file }
settings_newer = Una versión más nueva de CinemaSync escribió la configuración. Aquí está como la primera vez; su archivo se conserva: { $file }
films_put_aside = No se pudo leer lo que se recordaba de las películas. El archivo anterior se conserva: { $file }
rooms_put_aside = No se pudo leer la lista de salas recientes. El archivo anterior se conserva: { $file }
crashed_last_time = CinemaSync se cerró de forma inesperada la última vez.
failed_last_time = Una parte de CinemaSync falló la última vez.
show_report = Ver el informe
crash_report = Qué salió mal
crash_report_hint = No se ha enviado nada de esto. Cópialo si quieres contárselo a alguien.
copy_crash_report = Copiarlo
settings_about = Acerca de
check_updates = Buscar actualizaciones
check_daily = Buscar una vez al día
check_updates_hint = Se pregunta a tu servidor qué versión recomienda. No se descarga nada.
updates_asking = Preguntando…
updates_newest = Esta es la versión que recomienda tu servidor, o una más nueva.
updates_newer = Tu servidor recomienda la versión { $version }. Consíguela donde conseguiste esta.
updates_not_told = Tu servidor no dice qué versión recomienda.
updates_no_server = No usas ningún servidor al que preguntar.
updates_failed = No se pudo preguntar al servidor.
