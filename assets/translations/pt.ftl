### O que a janela diz, em português.

## Everywhere

lobby_hint = Crie uma sala e mande o código, ou digite o que você recebeu.
your_name = Seu nome
name_hint = Como os amigos chamam você
name_missing = Digite primeiro o seu nome, para os amigos saberem quem chegou.
name_too_long = Seu nome é longo demais: use no máximo 40 caracteres.
new_room = Nova sala
or_join = ou entre em uma
room_code = Código da sala
code_hint = Código ou link
code_missing = Digite o código que você recebeu ou cole o link.
code_length = Um código de sala tem 8 letras e números. Veja se falta algum.
join = Entrar
come_back = Voltar à sala em que você estava
entering_new = Criando sua sala…
entering = Entrando…
cancel = Cancelar
server = Servidor
on_this_computer = Neste computador
on_this_computer_hint = Para experimentar: os outros não chegam até ele.
at_an_address = Em um endereço
address = Endereço do servidor
address_missing = Digite o endereço do servidor, como wss://films.example.org.
address_scheme = O endereço de um servidor começa com wss:// ou ws://.
address_host = Esse endereço não indica nenhum servidor. Ele é algo como wss://films.example.org ou 192.168.1.20:8080.
you = Você
mute = Desligar o microfone
unmute = Ligar o microfone
camera_off = Desligar a câmera
camera_on = Ligar a câmera
microphone_is_on = Seu microfone está ligado
microphone_is_off = Seu microfone está desligado
heard = Estão ouvindo você
camera_is_off = Sua câmera está desligada
speaker_is_on = Seu alto-falante
echo_is_taken_out = o eco é removido
camera_starting = Ligando sua câmera…
react = Reagir
leave = Sair da sala
copy_code = Copiar o convite para
copied = Copiado
people_label = Pessoas e conexões
alone = Ainda não há mais ninguém.
send_code = Mande este código aos amigos:
message = Mensagem
send = Enviar
dismiss = Fechar
chat_empty = Diga oi.
server_away = O servidor está fora. O filme e a conversa continuam.
settings = Ajustes
settings_camera = Câmera
settings_voice = Sua voz
settings_sound = O que você ouve
settings_connections = Conexões
system_default = Conforme o sistema
no_device = Nenhum encontrado
away = Desconectado
level = Volume do seu microfone
input_gain = Mais alto ou mais baixo
automatic_gain = Nivelar o volume
noise_suppression = Remover ruído
echo_cancellation = Remover o eco do alto-falante
push_to_talk = Só com uma tecla pressionada
talk_key = Tecla para falar
press_a_key = Aperte a tecla que vai segurar para falar; Esc deixa como está.
ducking_label = Filme durante a fala
ducking_release = Volta ao normal em
sounds = Sons ao chegar, sair e silenciar
quality_label = No máximo
quality_hint = O envio segue a conexão e o tamanho em que os amigos veem você; nunca passa disto.
route_label = Caminhos
route_hint = Para as próximas conexões. Só por relays, os amigos não ficam sabendo seu endereço de rede.
copy_report = Copiar um relatório
report_copied = Copiado, sem nomes nem endereços
you_send = Você e este programa
graph_rtt = Ida e volta
graph_loss = Perda
graph_rate = Entrada
safety_code = Código de segurança
no_safety_code = Ainda não há: ele vem com a conexão, se o outro programa conhecer códigos.
they_are_equal = São iguais
take_back = Desfazer isso
accept_key = Conectar ao novo programa
refuse_key = Recusar
another_key = Outra chave: aperte para decidir
key_refused = Recusado: outra chave
catching_up = Alcançando
connected = Conectado
connecting = Conectando
just_you = Só você
paused = Em pausa
opening = Abrindo o filme
waiting_label = Preparando
answer_wanted = Perguntam a você
copy_wanted = Falta sua cópia
headline_1 = Noite de filme,
headline_2 = onde você estiver.
somebody = Alguém
the_host = o anfitrião
names_two = { $one } e { $two }
names_more = { $one }, { $two } e mais { $more }
people = { $count ->
    [one] 1 pessoa na sala
   *[other] { $count } pessoas na sala
}
reconnecting = Reconectando
no_connection = Sem conexão
gone = Saiu
face_speaking = { $said }, falando
face_muted = { $said }, sem som
face_connecting = { $said }, conectando
face_reconnecting = { $said }, reconectando
face_unconnected = { $said }, sem conexão
face_gone = { $said }, saiu
face_menu = { $said }. Volume e código de segurança
volume_of = Volume de { $name }
device_camera = Câmera
device_microphone = Microfone
device_speaker = Alto-falante
route_any = Direto; senão, por um relay
route_relay_only = Só por relays
route_no_relay = Nunca por um relay
quality = { $height }p, { $fps } fps
ducking_off = Sem mudança
in_sync = Em sincronia · ±{ $ms } ms
clock_known = Relógio conhecido em ±{ $ms } ms
clock_not_compared = Relógios ainda não comparados
seconds = { $seconds } s
milliseconds = { $ms } ms
percent = { $percent }%
how_to_compare = Leiam estes sinais em voz alta um para o outro. Se { $name } vir os mesmos sete, não há ninguém no meio: nem o servidor, nem um relay.
compared = Você comparou com { $name }
other_key = O programa de { $name } tem outra chave. Talvez tenha sido reinstalado, ou alguém quer tomar o lugar de { $name }. Pergunte antes por outro meio. Nada é enviado a ele até você conectar.
other_key_compared = O programa de { $name } tem outra chave, e vocês já tinham comparado os códigos de segurança. Talvez tenha sido reinstalado, ou alguém quer tomar o lugar de { $name }. Pergunte antes por outro meio. Nada é enviado a ele até você conectar.
code_character = “{ $found }” não aparece em códigos de sala. Eles evitam I, O, 0 e 1.
with_password = Com senha
new_password = Senha da nova sala
room_password = Senha da sala
password_wanted = Esta sala tem senha. Peça ao seu amigo.
password_wrong = Essa não é a senha da sala.
show_password = Mostrar a senha
hide_password = Ocultar a senha

## The film

drop_a_film = Solte um filme aqui ou escolha um
choose_film = Escolher filme
choose_copy = Escolher sua cópia
drop_now = Solte para mostrar na sala
play = Reproduzir
pause = Pausar
back = Voltar 10 segundos
forward = Avançar 10 segundos
seek = Posição no filme
volume = Volume do filme
silence = Silenciar o filme
sound = Ligar o som do filme
rate_label = Velocidade
full_screen = Tela cheia
leave_full_screen = Sair da tela cheia
close_film = Tirar o filme
previous_chapter = Capítulo anterior
next_chapter = Próximo capítulo
drop_subtitles_now = Solte para adicionar estas legendas
i_am_ready = Pode começar
not_ready_yet = Ainda não
ready_check = O filme começa quando todos puderem
slowed = Um pouco mais devagar, para todos acompanharem
undo_label = Desfazer
use_it = Usar
not_now = Agora não
use_other_cut = Usar mesmo assim
other_cut = Este arquivo não é o que a sala está vendo.
open = Abrir
open_address = Abrir um endereço…
film_address = Endereço de um filme
film_address_asked = Cada um é consultado antes que seu computador o abra; o servidor então vê os endereços IP.
show_address = Mostrar na sala
films = Filmes da noite
next_films = A seguir
no_next_film = Nenhum ainda. Quando um filme termina, o próximo da lista começa sozinho.
add_film = Adicionar um filme…
play_next = Passar o próximo
go_there = Ir para lá
send_with_place = Enviar com o momento do filme (Ctrl+Enter)
this_room = Esta sala
lock_room = Não deixar mais ninguém entrar
who_steers = Quem controla o filme
ready_check_rule = Começar quando todos puderem
patience_label = Esperar no máximo
patience_less = Esperar menos
patience_more = Esperar mais
chapter = { $time } · Capítulo { $number }
waiting_for = Esperando { $who }
waiting_to_open = Esperando abrir o filme: { $who }
waiting_to_be_ready = Falta confirmar: { $who }
buffering = { $who } (carregando)
buffering_percent = { $who } (carregando, { $percent }%)
you_waited_for = você
go_on_without = Continuar sem { $name }
go_on_without_me = Continuar sem mim
go_on_without_them = Continuar sem esperar
undo_pause = { $who } pausou em { $place }
undo_seek = { $who } foi para { $place }
host_steers = Nesta sala, { $host } controla o filme
steering_everyone = Todos
steering_host = Só o anfitrião
minutes = { $minutes } min
whole_seconds = { $seconds } s
rule_everyone = Todos controlam o filme.
rule_host = Só { $host } controla o filme.
rule_ready = Um filme começa quando todos puderem.
rule_play = Um filme começa quando alguém o reproduz.
rule_patience = Ninguém é esperado por mais de { $time }.
address_asked = { $who } quer mostrar o que está em { $address }. Seu computador vai pedir isso a esse servidor, que verá seu endereço IP.
queued = { $film } · { $who }
film_sooner = { $film }: antes
film_later = { $film }: depois
unqueue = Remover { $film }
go_to = Levar todos para { $place }?
place = Ir para { $place }
shows = { $who } mostra { $film }: escolha sua cópia
shows_at = { $who } mostra o que está em { $server }
opening_film = Abrindo { $film }
drop_copy = Solte: sua cópia de { $film }
drop_instead = Solte para mostrar no lugar de { $film }
title_from = { $film } · de { $who }

## Faces, hands, chat

faces = Rostos sobre o filme
faces_size = Tamanho
faces_smaller = Rostos menores
faces_larger = Rostos maiores
emoji_picker = Pôr um emoji
open_link = Abrir no navegador
copy_link = Copiar
raise_hand = Levantar a mão
lower_hand = Baixar a mão
link = Link para { $address }
link_asked =
    Abrir { $server } no seu navegador? O endereço completo é
    { $address }
hand_raised = { $said }, mão levantada
is_behind = { $name } está { $seconds } s atrás
is_ahead = { $name } está { $seconds } s à frente
at_the_left = À esquerda
at_the_top = Em cima
at_the_right = À direita
show_chat = Mostrar o chat
show_chat_unread = { $count ->
    [one] Mostrar o chat, 1 mensagem não lida
   *[other] Mostrar o chat, { $count } mensagens não lidas
}
put_chat_away = Esconder o chat

## Shared screens

share_screen = Compartilhar tela
share_label = Compartilhar
share_this_now = Compartilhar isto agora
stop_sharing = Parar de compartilhar
stop = Parar
change = Mudar
change_shared = Compartilhar outra coisa
monitors = Monitores
windows = Janelas
search_windows = Buscar janelas
search_hint = Título ou programa
nothing_found = Nenhuma janela tem esse nome.
looking_for_screens = Procurando monitores e janelas…
no_screens = Nenhum monitor nem janela encontrado. Talvez o sistema não deixe os programas vê-los.
with_sound = Com o som deste computador
with_sound_hint = O que outros programas tocam vai junto, mas nunca as vozes dos amigos nem o filme da sala.
how_it_is_sent = Como é enviado
settings_screen = Sua tela
content_label = Feito para
title_sharing = CinemaSync · você compartilha sua tela
content_hint = Para texto, menos imagens por segundo e toda a resolução; para movimento, o contrário.
sixty = Até 60 imagens por segundo
screen_limit = No máximo
screen_limit_less = Gastar menos com a tela
screen_limit_more = Gastar mais com a tela
portal = Deixar o sistema perguntar
portal_hint = Neste ambiente, o sistema pergunta o que você quer compartilhar. Ele abre a própria lista quando você aperta Compartilhar, e o CinemaSync só vê o que você escolher lá.
go_on = Continuar
the_film = Filme
actual_size = Tamanho real
whole_screen = Inteira
no_title = Janela sem título
sent_with_sound = com som
permission_1 = O macOS vai perguntar se o CinemaSync pode gravar a tela e o som deste computador. Ele só faz isso enquanto você escolhe o que compartilhar e enquanto compartilha.
permission_2 = Permita em Ajustes do Sistema, em “Privacidade e Segurança”, “Gravação de Tela e do Áudio do Sistema”, e abra o CinemaSync de novo. Sem isso, os amigos veem uma mesa vazia.
you_share_titled = Você compartilha “{ $title }”
you_share_screen = Você compartilha sua tela
you_share_window = Você compartilha uma janela
you_share_pattern = Você compartilha a imagem de teste
screen_of = Tela de { $name }
screen_comes = { $name } compartilha a tela. A imagem está a caminho…
screen_volume_of = Volume da tela de { $name }
hear_screen = Ouvir a tela de { $name }
silence_screen = Silenciar a tela de { $name }
content_any = O que aparecer
content_text = Texto e imagens paradas
content_motion = Filme ou jogo
content_text_now = O que aparecer · agora texto
content_motion_now = O que aparecer · agora movimento
megabits = { $megabits } Mbit/s

## Tracks of the film

tracks = Som e legendas
subtitles = Legendas
audio = Faixa de som
no_sound = Sem som
no_subtitles = Sem legendas
subtitle_delay = Atrasar legendas
subtitles_earlier = Legendas 0,1 s antes
subtitles_later = Legendas 0,1 s depois
subtitle_size = Tamanho das legendas
smaller = Legendas menores
larger = Legendas maiores
audio_delay = Atrasar som
sound_earlier = Som 0,1 s antes
sound_later = Som 0,1 s depois
add_subtitles = Adicionar legendas…
propose_tracks = Propor minhas faixas a todos
your_cut = Sua versão do filme
your_cut_hint = Quantos segundos mais tarde tudo acontece no seu arquivo. Fica guardado para estes dois arquivos.
shift_label = Diferença do seu arquivo em segundos
track_number = Faixa { $number }
external = externa
mono = mono
stereo = estéreo
channels = { $count } canais
rate_normal = Normal
shift = { $seconds } s
shift_1_less = Diferença 1 s menor
shift_0_1_less = Diferença 0,1 s menor
shift_0_1_more = Diferença 0,1 s maior
shift_1_more = Diferença 1 s maior
proposal = { $who } propõe { $sound }, { $subtitles }
proposed_sound = som { $track }
proposed_no_sound = sem som
proposed_subtitles = legendas { $track }
proposed_no_subtitles = sem legendas
offers = { $who } oferece { $name }
offers_here = { $who } oferece { $name } · já aqui
take_these_subtitles = Usar estas legendas: { $name }

language_ar = Árabe
language_cs = Tcheco
language_da = Dinamarquês
language_de = Alemão
language_el = Grego
language_en = Inglês
language_es = Espanhol
language_fi = Finlandês
language_fr = Francês
language_hi = Híndi
language_it = Italiano
language_ja = Japonês
language_ko = Coreano
language_nl = Holandês
language_no = Norueguês
language_pl = Polonês
language_pt = Português
language_ru = Russo
language_sv = Sueco
language_tr = Turco
language_uk = Ucraniano
language_zh = Chinês

## Layouts

layout_label = Layout
layout_follows = Automático
layout_follows_hint = O filme ou a tela fica grande enquanto houver; senão, os rostos. Escolha um layout para mantê-lo.
key_layout = Próximo layout
compact = Janela pequena por cima
leave_compact = Voltar à janela grande
film_large = Mostrar o filme grande de novo
screen_large = Mostrar a tela de { $name } grande de novo
layout_talk = Conversa
layout_watch = Assistir
layout_share = Tela
layout_theatre = Cinema
choose_talk = Conversa: rostos grandes
choose_watch = Assistir: filme grande, rostos ao lado
choose_share = Tela: a de um amigo em tamanho grande
choose_theatre = Cinema: tela cheia
watch_waits = Guardado: vem com o próximo filme.
share_waits = Guardado: vem quando alguém compartilhar a tela.
theatre_waits = Guardado: vem com o próximo filme ou tela.
layout_now = Layout: { $layout }
layout_kept = Layout: { $layout }, fixo

## The window itself

keys = Teclas
keys_hint = Todas podem mudar: Ajustes, Esta janela.
close = Fechar
key_play = Reproduzir ou pausar
key_back = Voltar 5 s
key_forward = Avançar 5 s
key_back_more = Voltar 10 s
key_forward_more = Avançar 10 s
key_frame_back = Voltar um quadro
key_frame_forward = Avançar um quadro
key_louder = Filme mais alto
key_quieter = Filme mais baixo
key_microphone = Ligar ou desligar o microfone
key_camera = Ligar ou desligar a câmera
key_chat = Escrever uma mensagem
key_share = Compartilhar tela
key_talk = Segurar para falar
key_full_screen = Tela cheia
key_theatre = Cinema: só o filme
key_zoom = Tela compartilhada em tamanho real
key_help = Estas teclas
key_escape = Sair, fechar
settings_window = Esta janela
search_settings = Buscar nos ajustes
no_setting_found = Nenhum ajuste tem esse nome.
scale = Tamanho de tudo
scale_less = Tudo menor
scale_more = Tudo maior
on_top = Acima das outras janelas
reduced_motion = Menos movimento
notifications = Avisar quando eu não estiver vendo
came_in = Entrou na sala
waits_for_you = A sala espera você
keys_as_they_came = Originais
keys_chosen = Escolhidas por você
reset_keys = Restaurar todas as teclas
drop_for_room = Solte para mostrar na sala em que você entrar
drop_subtitles_later = Legendas são para um filme: entre primeiro em uma sala
film_for_room = Será mostrado na sala em que você entrar
not_that_film = Não mostrar este filme
show_it = Mostrar
after_this_one = Depois deste
invitation_waits = Um convite foi aberto. Ele aparece no início quando você sair desta sala.
copy_code_only = Copiar só o código
recent_rooms = Salas recentes
camera_missing = Nenhuma câmera encontrada. Conecte uma ou venha sem.
microphone_missing = Nenhum microfone encontrado: conecte um para ser ouvido
first_start_1 = Crie uma sala e mande o código aos amigos, ou digite o que você recebeu.
first_start_2 = Cada um abre o filme do próprio arquivo, e ele passa para todos no mesmo instante.
first_start_3 = Enquanto isso, vocês se veem, se ouvem e conversam; aperte ? em uma sala para ver as teclas.
show_to_room = Mostrar { $file } na sala?
choose_own_copy = Escolha sua cópia do filme
choose_next_film = Escolha um filme para depois
choose_subtitles = Escolha legendas
recent = { $with } · { $ago }
just_now = agora há pouco
minutes_ago = há { $count } min
hours_ago = { $count ->
    [one] há 1 hora
   *[other] há { $count } horas
}
days_ago = { $count ->
    [one] há um dia
   *[other] há { $count } dias
}
go_in_again = Voltar a { $code }: { $with }
forget_room = Esquecer { $code }
key_group_film = Filme
key_group_call = Conversa e chat
key_group_window = Janela
key_space = Espaço
press_for = Aperte a tecla para “{ $words }”; Esc deixa como está.
key_is_taken = { $key } já é para “{ $words }”. Aperte outra tecla.
talk_key_takes = { $key } também é para “{ $words }”. Enquanto servir para falar, só faz isso.
language_label = Idioma
language_of_system = Conforme o sistema · { $language }
needs_font = { $language } · falta uma fonte
chinese_font_hint = Este computador não tem uma fonte com caracteres chineses. Instale uma, como a Noto Sans CJK, e abra o programa de novo.

## Films that come from friends

stream_from = Receber de { $name }
settings_films = Filmes dos amigos
stream_mode_label = Filmes em falta
stream_auto = Receber dos amigos na hora
stream_ask = Oferecer para receber
stream_never = Nunca receber
stream_offered = { $name } mostra { $film } e pode enviá-lo enquanto você assiste.
stream_takes = { $name } mostra { $film } e pode enviá-lo enquanto você assiste: precisa de uns { $rate }.
film_comes = { $percent }% já chegou, { $rate } de { $sources ->
    [one] { $sources } amigo
   *[other] { $sources } amigos
}
film_comes_slowly = { $percent }% já chegou, { $rate } dos { $needed } necessários
film_comes_whole = O filme inteiro está aqui
film_is_given = Seu filme vai para os amigos, { $rate }
keep_film = Guardar este filme…
keeping_film = Salvando o filme…
choose_film_name = Salvar o filme como
forget_films = Apagar o que foi recebido

## How the call goes

condition_good = bem
condition_voice_breaks = a voz falha
condition_picture_stutters = a imagem trava
condition_long_delay = muito atraso
condition_weak = conexão fraca
condition_weak_reduced = conexão fraca, imagem reduzida
condition_connecting = conectando
condition_reconnecting = reconectando
condition_no_connection = sem conexão
condition_other_key = outra chave
everybody_is = Todos: { $words }
somebody_is = { $who }: { $words }
computer_too_slow = Este computador é lento demais para a imagem que envia
call_goes_on = O servidor está fora; a chamada continua
path_host = mesma rede
path_direct = direto
path_relay = por um relay
words_and_path = { $words }, { $path }
rate_kilobits = { $kilobits } kbit/s
rate_megabits = { $megabits } Mbit/s
round_trip = { $ms } ms
lost = { $percent }% perdido
clock_within = relógio ±{ $ms } ms
rates = ↓ { $down } · ↑ { $up }
rates_of = ↓ { $down } · ↑ { $up } de { $most }
subject_camera = Câmera
subject_screen = Tela
picture_received = { $subject } { $size }, { $fps } fps
picture_sent = { $subject } { $size }, { $fps } fps, { $rate }, { $ms } ms por imagem
dropped = { $count ->
    [one] 1 descartada
   *[other] { $count } descartadas
}
froze_once = parou uma vez
froze_times = parou { $count } vezes
voice_received = Voz: jitter { $ms } ms, { $percent }% disfarçado
film_ahead = Filme { $ms } ms à frente
film_behind = Filme { $ms } ms atrás
film_in_step = Filme exato ao milissegundo
program_use = { $cpu }% de um núcleo, { $memory } MB de memória

## What happens

name_invalid = Um nome tem de 1 a 40 caracteres. Digite o seu e tente de novo.
already_in_room = Você já está em uma sala. Saia dela primeiro.
not_in_room = Você ainda não está em nenhuma sala. Crie uma ou entre em uma.
server_late = O servidor não respondeu a tempo. Confira o endereço dele e a sua rede e tente de novo.
server_silent = O servidor não responde.
server_url_silent = O servidor { $url } não responde. Confira o endereço dele e a sua rede e tente de novo.
server_unreachable = Não dá para chegar ao servidor { $url } ({ $error }). Confira o endereço dele e a sua rede e tente de novo.
no_cinemasync_server = { $url } responde, mas não é um servidor CinemaSync (status HTTP { $status }). Confira o endereço.
no_server_address = { $typed } não é um endereço de servidor. Ele é algo como wss://cinema.example.org ou ws://192.0.2.7:8080.
server_connection_lost = A conexão com o servidor caiu.
server_gone = O servidor está fora. A chamada e o filme continuam; ninguém mais consegue entrar até ele voltar.
server_back = O servidor voltou
room_unknown = O servidor não conhece mais esta sala. Você pode continuar com quem está conectado; para deixar mais alguém entrar, saia e crie uma nova.
message_length = Uma mensagem tem de 1 a { $most } caracteres. Encurte e envie de novo.
message_unreached = Nem todos receberam sua mensagem: o servidor está fora.
reaction_invalid = Uma reação é um emoji só. Palavras vão no chat.
only_host_rules = Quem define as regras desta sala é o anfitrião.
everyone_may_steer = Todos podem controlar o filme
only_host_may_steer = Só { $host } pode controlar o filme
starts_when_ready = Um filme começa quando todos puderem
starts_by_play = Um filme começa quando alguém o reproduz
host_steers_ask = Nesta sala, { $host } controla o filme. Peça no chat.
no_code_to_compare = Ainda não há código de segurança para comparar. Espere a conexão.
nobody_waits = Ninguém com outra chave espera neste lugar.
key_changed = O programa de { $who } tem outra chave. Talvez tenha sido reinstalado, ou alguém quer tomar o lugar de { $who }. Pergunte por outro meio e depois aceite ou recuse; até lá, nada é enviado a ele.
key_changed_compared = O programa de { $who } tem outra chave, e vocês já tinham comparado os códigos de segurança. Talvez tenha sido reinstalado, ou alguém quer tomar o lugar de { $who }. Pergunte por outro meio e depois aceite ou recuse; até lá, nada é enviado a ele.
you_are_back = Você está de volta à sala
joined = { $who } chegou
has_left = { $who } saiu
lost_connection = { $who } perdeu a conexão
was_removed = { $who } foi removido
room_locked = A sala está trancada: ninguém mais pode entrar
room_unlocked = A sala está aberta de novo

refused_protocol = O aplicativo e o servidor falam versões diferentes. Atualize o mais antigo.
refused_not_found = Não existe sala com este código. Confira com quem convidou você; uma sala fecha quando o último sai.
refused_full = A sala está cheia.
refused_locked = A sala está trancada. Peça ao anfitrião para deixar você entrar.
refused_password = A sala tem senha, e a sua não confere. Pergunte a quem convidou você.
refused_name = Um nome tem de 1 a 40 caracteres, sem caracteres de controle.
refused_not_host = Só o anfitrião da sala pode fazer isso.
refused_rate = Foi demais de uma vez. Espere um pouco e tente de novo.
refused_resume = Seu lugar na sala não está mais guardado. Entre de novo com o código.
refused_removed = Você foi removido da sala ou voltou a ela de outro lugar.
refused_shutting_down = O servidor está desligando. A chamada e o filme continuam; para outros entrarem, tente em um minuto ou use outro servidor.
refused_server_full = O servidor está cheio. Tente mais tarde ou use outro.

device_lack = Não há { $kind ->
        [camera] nenhuma câmera
        [microphone] nenhum microfone
       *[loudspeaker] nenhum alto-falante
    } que funcione. Conecte um.
device_failed = { $name }: { $why }
device_failed_instead = { $name }: { $why } Enquanto isso, “{ $now }” é usado.
device_gone = { $kind ->
        [camera] A câmera
        [microphone] O microfone
       *[loudspeaker] O alto-falante
    } “{ $gone }” sumiu, e não há outro. Conecte um.
device_gone_instead = { $kind ->
        [camera] A câmera
        [microphone] O microfone
       *[loudspeaker] O alto-falante
    } “{ $gone }” sumiu. “{ $now }” é usado no lugar.
device_gone_until_back = { $kind ->
        [camera] A câmera
        [microphone] O microfone
       *[loudspeaker] O alto-falante
    } “{ $gone }” sumiu. “{ $now }” é usado até a volta.
device_back = { $kind ->
        [camera] A câmera
        [microphone] O microfone
       *[loudspeaker] O alto-falante
    } “{ $now }” voltou e está em uso.
device_absent = Não há { $kind ->
        [camera] nenhuma câmera
        [microphone] nenhum microfone
       *[loudspeaker] nenhum alto-falante
    } “{ $name }”. “{ $now }” é usado até haver.
device_default_now = { $kind ->
        [camera] A câmera
        [microphone] O microfone
       *[loudspeaker] O alto-falante
    } do sistema agora é “{ $now }”.
no_device_found = { $kind ->
        [camera] Nenhuma câmera encontrada
        [microphone] Nenhum microfone encontrado
       *[loudspeaker] Nenhum alto-falante encontrado
    }. Conecte um ou veja os ajustes do sistema.
device_unknown = Não há { $kind ->
        [camera] nenhuma câmera
        [microphone] nenhum microfone
       *[loudspeaker] nenhum alto-falante
    } { $name }. Há: { $known }.
device_ambiguous = { $name } serve para { $kind ->
        [camera] várias câmeras
        [microphone] vários microfones
       *[loudspeaker] vários alto-falantes
    }: { $matches }. Digite mais do nome.
device_busy = Outro programa está usando { $kind ->
        [camera] a câmera
        [microphone] o microfone
       *[loudspeaker] o alto-falante
    }. Feche-o e tente de novo.
device_forbidden = O sistema não deixa este programa usar { $kind ->
        [camera] a câmera
        [microphone] o microfone
       *[loudspeaker] o alto-falante
    }. Permita nos ajustes de privacidade.
device_no_format = Não dá para usar { $kind ->
        [camera] a câmera
        [microphone] o microfone
       *[loudspeaker] o alto-falante
    }: nenhum formato que este programa entenda.
device_not_opened = Não deu para abrir { $kind ->
        [camera] a câmera
        [microphone] o microfone
       *[loudspeaker] o alto-falante
    } ({ $reason }). Tente outro ou reinicie o sistema de som.
device_disconnected = { $kind ->
        [camera] A câmera foi desconectada
        [microphone] O microfone foi desconectado
       *[loudspeaker] O alto-falante foi desconectado
    }. Conecte de novo ou escolha outro.
device_stopped = { $kind ->
        [camera] A câmera
        [microphone] O microfone
       *[loudspeaker] O alto-falante
    } parou de funcionar. Escolha outro ou reinicie o sistema de som.
microphone_silent = O microfone não dá som. Veja se está ligado ou escolha outro.
voice_not_encoded = Não dá para codificar a voz ({ $error }). Reinicie o programa.
camera_not_opened = Não deu para abrir a câmera ({ $error }). Feche outros programas.
camera_driver_failed = O driver da câmera falhou. Escolha outra câmera ou conecte de novo.
camera_unreadable = Não dá para ler as imagens da câmera ({ $error }). Escolha outra câmera.
camera_not_sent = Não dá para enviar as imagens da câmera ({ $error }). Escolha outra câmera.
camera_stopped = A câmera parou. Conecte de novo ou escolha outra.
camera_no_picture = A câmera não dá imagem. Feche outros programas que a usam ou conecte de novo.
camera_broken = A câmera não funciona ({ $reason }). Conecte de novo ou escolha outra.

share_started = { $who } está compartilhando a tela
share_stopped = { $who } parou de compartilhar a tela
screen_not_sent = Não dá para enviar a tela ({ $error }). Compartilhe outra coisa.
screen_sound_ended = Não dá para compartilhar o som de outros programas: { $reason }. A imagem continua sem ele.

no_film_yet = Ainda não há filme. Abra um primeiro.
no_film_shown = A sala não está vendo nenhum filme. Abra este para mostrá-lo.
queue_full = Não podem esperar mais de { $most } filmes. Remova um primeiro.
queue_added = { $who } adicionou { $film } para depois
queue_empty = Nenhum filme espera. Adicione um primeiro.
copy_differs = O arquivo de { $who } é como o seu, mas não idêntico: um de vocês pode ver falhas na imagem
wrong_film = Este arquivo não é o que a sala está vendo. Escolha a mesma versão, use esta mesmo assim e ajuste a diferença, ou abra para todos.
wrong_film_longer = Este arquivo não é o que a sala está vendo (tem { $seconds } s a mais). Escolha a mesma versão, use esta mesmo assim e ajuste a diferença, ou abra para todos.
wrong_film_shorter = Este arquivo não é o que a sala está vendo (tem { $seconds } s a menos). Escolha a mesma versão, use esta mesmo assim e ajuste a diferença, ou abra para todos.
wrong_film_same_length = Este arquivo não é o que a sala está vendo (mesma duração). Escolha a mesma versão, use esta mesmo assim e ajuste a diferença, ou abra para todos.
other_cut_used = Você vê outro arquivo que os demais. A diferença é de { $shift } s.
other_cut_longer = Você vê outro arquivo que os demais (tem { $seconds } s a mais). A diferença é de { $shift } s.
other_cut_shorter = Você vê outro arquivo que os demais (tem { $seconds } s a menos). A diferença é de { $shift } s.
other_cut_same_length = Você vê outro arquivo que os demais (mesma duração). A diferença é de { $shift } s.
copy_is_same = Sua cópia é a mesma dos outros: não tem diferença.
goes_on_at = O filme continua em { $place }, onde parou da última vez
left_behind = O filme continua sem { $who }
pressed_play = { $who } reproduziu a partir de { $place }
paused_at = { $who } pausou em { $place }
went_to = { $who } foi para { $place }
set_speed = { $who } pôs a velocidade em { $rate }
tracks_proposed = Você propôs suas faixas aos outros
subtitles_offered = { $who } oferece as legendas { $name }
subtitles_gone = Estas legendas não são mais oferecidas.
film_address_scheme = O endereço de um filme começa com http:// ou https://. Confira o endereço.
film_address_too_long = Este endereço é longo demais. Peça um mais curto.
film_address_user = Um endereço com usuário ou senha não é aberto. Remova o que vem antes do @.
film_address_host = Este endereço não indica nenhum servidor. Confira o endereço.
film_address_characters = Este endereço tem caracteres que não cabem nele. Copie de novo do navegador.
film_unreadable = Não dá para ler o filme: { $error }. Veja se o arquivo ainda está lá e pode ser lido.
film_is_folder = Isto é uma pasta. Escolha o arquivo do filme dentro dela.
film_is_no_file = Isto não é um arquivo comum. Escolha um arquivo de filme.
film_is_empty = Este arquivo está vazio. Talvez não tenha sido copiado até o fim; escolha outro.
film_name_unusable = Não dá para abrir um arquivo com este nome. Renomeie o arquivo.
not_a_film = Este arquivo não é um filme que possa ser reproduzido ou está danificado. Escolha outro.
nothing_in_film = Este arquivo não tem imagem nem som que possam ser reproduzidos. Escolha outro.
film_not_played = Não dá para reproduzir o filme ({ $why }). Veja se o arquivo está completo ou escolha outro.
film_unreachable = Não dá para abrir o filme deste endereço. Confira o endereço e a conexão com a internet, ou escolha outro filme.
film_cut_off = O filme se interrompe aqui: o servidor dele não responde mais ou não o tem inteiro. Abra de novo ou escolha outro endereço.
film_late_from_server = Não deu para abrir o filme a tempo: o servidor não responde ou é lento demais. Tente de novo ou escolha outro endereço.
film_late_from_disk = Não deu para abrir o filme a tempo. O disco não responde ou o arquivo está danificado; tente de novo ou escolha outro.
subtitles_too_large = Este arquivo é grande demais para legendas. Escolha um arquivo SRT, ASS ou WebVTT.
subtitles_no_text = Este arquivo não é de texto. Escolha um arquivo SRT, ASS ou WebVTT.
player_ended = O reprodutor terminou sem aviso. Abra o filme de novo.
player_gave_no_answer = O reprodutor não deu resposta. Reinicie o programa.
player_silent = O reprodutor não responde. Reinicie o programa.
player_not_started = Não deu para iniciar o reprodutor: { $why }. Reinicie o programa ou reinstale o libmpv.
libmpv_missing = Não dá para reproduzir filmes porque falta o libmpv. Para instalar: { $how }. Depois tente de novo.
libmpv_unsuitable = O libmpv deste computador não serve: { $why }. É preciso a versão 0.33 ou mais nova: { $how }.
install_on_linux = pacote “libmpv2” (Debian, Ubuntu), “mpv-libs” (Fedora) ou “mpv” (Arch)
install_on_macos = execute “brew install mpv”
install_on_windows = ponha libmpv-2.dll (de um pacote de desenvolvimento do mpv) na pasta deste programa
film_not_streamed = Ninguém oferece este filme. Escolha uma cópia sua.
film_is_offered = Um filme que vem de outra pessoa é mostrado como foi oferecido. Escolha um arquivo para mostrar.
film_stream_unreachable = Não dá para abrir o filme que vem dos outros. Tente de novo ou escolha uma cópia sua.
film_late_from_others = O filme que vem dos outros não abriu a tempo: talvez esteja danificado. Tente de novo ou escolha uma cópia sua.
film_stream_cut_off = O filme se interrompe aqui: não dá para ler mais. Abra de novo ou escolha uma cópia sua.
no_stream = Nenhum filme está vindo de outros para ser guardado.
film_saved = O filme foi salvo como { $name }

## What was taken away

film_taken_off = Você tirou { $title }.
film_waits_no_more = { $title } não espera mais.
put_back = Repor
forgotten_room = { $code } foi esquecido.

## Como o programa cuida de si

settings_put_aside = Não foi possível ler as configurações; estão como na primeira vez. O arquivo antigo foi guardado: { $file }
settings_newer = Uma versão mais nova do CinemaSync gravou as configurações. Aqui estão como na primeira vez; o arquivo dela foi guardado: { $file }
films_put_aside = Não foi possível ler o que se lembrava dos filmes. O arquivo antigo foi guardado: { $file }
rooms_put_aside = Não foi possível ler a lista de salas recentes. O arquivo antigo foi guardado: { $file }
crashed_last_time = O CinemaSync foi encerrado inesperadamente da última vez.
failed_last_time = Uma parte do CinemaSync falhou da última vez.
show_report = Ver o relatório
crash_report = O que deu errado
crash_report_hint = Nada disto foi enviado. Copie se quiser contar a alguém.
copy_crash_report = Copiar
settings_about = Sobre
check_updates = Procurar atualizações
check_daily = Procurar uma vez por dia
check_updates_hint = Seu servidor é consultado sobre a versão que recomenda. Nada é baixado.
updates_asking = Consultando…
updates_newest = Esta é a versão que seu servidor recomenda, ou uma mais nova.
updates_newer = Seu servidor recomenda a versão { $version }. Obtenha-a onde obteve esta.
updates_not_told = Seu servidor não diz que versão recomenda.
updates_no_server = Você não usa um servidor que possa ser consultado.
updates_failed = Não foi possível consultar o servidor.
