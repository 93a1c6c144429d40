### 窗口里的文字，简体中文。

## Everywhere

lobby_hint = 创建一个房间并把房间码发给朋友，或输入你收到的房间码。
your_name = 你的名字
name_hint = 朋友怎么称呼你
name_missing = 先输入你的名字，让朋友知道是谁来了。
name_too_long = 名字太长了：最多 40 个字符。
new_room = 新建房间
or_join = 或加入房间
room_code = 房间码
code_hint = 房间码或链接
code_missing = 输入朋友发给你的房间码，或粘贴链接。
code_length = 房间码由 8 个字母和数字组成，看看是否漏了。
join = 加入
come_back = 回到刚才的房间
entering_new = 正在创建房间…
entering = 正在进入…
cancel = 取消
server = 服务器
on_this_computer = 在这台电脑上
on_this_computer_hint = 仅供试用：其他人无法连接。
at_an_address = 指定地址
address = 服务器地址
address_missing = 输入服务器地址，例如 wss://films.example.org。
address_scheme = 服务器地址以 wss:// 或 ws:// 开头。
address_host = 这个地址里没有服务器，应类似 wss://films.example.org 或 192.168.1.20:8080。
you = 你
mute = 关闭麦克风
unmute = 打开麦克风
camera_off = 关闭摄像头
camera_on = 打开摄像头
microphone_is_on = 你的麦克风已打开
microphone_is_off = 你的麦克风已关闭
heard = 大家能听到你
camera_is_off = 你的摄像头已关闭
speaker_is_on = 你的扬声器
echo_is_taken_out = 已消除回声
camera_starting = 正在启动摄像头…
react = 表情回应
leave = 离开房间
copy_code = 复制邀请：
copied = 已复制
people_label = 成员与连接
alone = 还没有其他人。
send_code = 把房间码发给朋友：
message = 消息
send = 发送
dismiss = 关闭
chat_empty = 打个招呼吧。
server_away = 服务器暂时连不上，影片和通话继续。
settings = 设置
settings_camera = 摄像头
settings_voice = 你的声音
settings_sound = 你听到的
settings_connections = 连接
system_default = 跟随系统
no_device = 未找到
away = 未连接
level = 麦克风音量
input_gain = 调高或调低
automatic_gain = 自动平衡音量
noise_suppression = 降噪
echo_cancellation = 消除扬声器回声
push_to_talk = 按住按键才发言
talk_key = 发言键
press_a_key = 按下发言时要按住的键；按 Esc 保持不变。
ducking_label = 有人说话时的影片音量
ducking_release = 恢复音量用时
sounds = 进出和静音的提示音
quality_label = 最高
quality_hint = 实际发送的画质取决于网络和朋友看你的大小，不会超过这里的设置。
route_label = 线路
route_hint = 对之后的连接生效。只走中继时，朋友不会知道你的网络地址。
copy_report = 复制报告
report_copied = 已复制，不含名字和地址
you_send = 你和本程序
graph_rtt = 往返
graph_loss = 丢包
graph_rate = 接收
safety_code = 安全码
no_safety_code = 还没有安全码：连接后才有，且对方的程序要支持。
they_are_equal = 一致
take_back = 撤回
accept_key = 连接新的程序
refuse_key = 拒绝
another_key = 密钥变了：点按决定
key_refused = 已拒绝：密钥变了
catching_up = 正在追赶
connected = 已连接
connecting = 正在连接
just_you = 只有你
paused = 已暂停
opening = 正在打开影片
waiting_label = 正在准备
answer_wanted = 等你回答
copy_wanted = 需要你的片源
headline_1 = 电影之夜，
headline_2 = 在哪都能一起看。
somebody = 有人
the_host = 房主
names_two = { $one } 和 { $two }
names_more = { $one }、{ $two } 和另外 { $more } 人
people = 房间里有 { $count } 人
reconnecting = 正在重连
no_connection = 无连接
gone = 已离开
face_speaking = { $said }，正在说话
face_muted = { $said }，已静音
face_connecting = { $said }，正在连接
face_reconnecting = { $said }，正在重连
face_unconnected = { $said }，无连接
face_gone = { $said }，已离开
face_menu = { $said }。音量和安全码
volume_of = { $name } 的音量
device_camera = 摄像头
device_microphone = 麦克风
device_speaker = 扬声器
route_any = 直连，不行就走中继
route_relay_only = 只走中继
route_no_relay = 不走中继
quality = { $height }p，{ $fps } fps
ducking_off = 不变
in_sync = 已同步 · ±{ $ms } ms
clock_known = 时钟误差 ±{ $ms } ms
clock_not_compared = 时钟尚未比对
seconds = { $seconds } 秒
milliseconds = { $ms } ms
percent = { $percent }%
how_to_compare = 互相念出这些图案。如果 { $name } 看到的七个和你一样，你们之间就没有别人：服务器和中继都不是。
compared = 你已和 { $name } 比对过
other_key = { $name } 的程序换了密钥。可能是重新安装过，也可能有人想冒充 { $name }。先用别的方式问问 { $name }。在你连接之前，不会向它发送任何内容。
other_key_compared = { $name } 的程序换了密钥，而你们之前比对过安全码。可能是重新安装过，也可能有人想冒充 { $name }。先用别的方式问问 { $name }。在你连接之前，不会向它发送任何内容。
code_character = 房间码里没有“{ $found }”。其中不使用 I、O、0 和 1。
with_password = 设置密码
new_password = 新房间的密码
room_password = 房间密码
password_wanted = 这个房间有密码，请问问你的朋友。
password_wrong = 房间密码不对。
show_password = 显示密码
hide_password = 隐藏密码

## The film

drop_a_film = 把影片拖到这里，或选择一部
choose_film = 选择影片
choose_copy = 选择你的片源
drop_now = 松开即可在房间放映
play = 播放
pause = 暂停
back = 后退 10 秒
forward = 前进 10 秒
seek = 影片进度
volume = 影片音量
silence = 影片静音
sound = 打开影片声音
rate_label = 速度
full_screen = 全屏
leave_full_screen = 退出全屏
close_film = 撤下影片
previous_chapter = 上一章
next_chapter = 下一章
drop_subtitles_now = 松开即可添加字幕
i_am_ready = 我准备好了
not_ready_yet = 我还没好
ready_check = 大家都准备好后开始放映
slowed = 稍微放慢，让大家跟上
undo_label = 撤销
use_it = 使用
not_now = 以后再说
use_other_cut = 仍然使用
other_cut = 这和房间里放映的不是同一个文件。
open = 打开
open_address = 打开网址…
film_address = 影片网址
film_address_asked = 每个人的电脑打开前都会先询问；之后该服务器能看到他们的 IP 地址。
show_address = 在房间放映
films = 今晚的影片
next_films = 接下来
no_next_film = 还没有。一部影片结束后，会自动放映排在最前面的一部。
add_film = 添加影片…
play_next = 放映下一部
go_there = 跳转
send_with_place = 附上影片位置发送（Ctrl+Enter）
this_room = 这个房间
lock_room = 不再让别人进来
who_steers = 谁来控制影片
ready_check_rule = 大家都准备好后开始
patience_label = 最多等待
patience_less = 少等一会儿
patience_more = 多等一会儿
chapter = { $time } · 第 { $number } 章
waiting_for = 正在等 { $who }
waiting_to_open = 正在等 { $who } 打开影片
waiting_to_be_ready = 正在等 { $who } 准备好
buffering = { $who }（缓冲中）
buffering_percent = { $who }（缓冲中，{ $percent }%）
you_waited_for = 你
go_on_without = 不等 { $name } 了
go_on_without_me = 不用等我
go_on_without_them = 不等了，继续
undo_pause = { $who } 在 { $place } 暂停了
undo_seek = { $who } 跳到了 { $place }
host_steers = 这个房间由 { $host } 控制影片
steering_everyone = 所有人
steering_host = 仅房主
minutes = { $minutes } 分钟
whole_seconds = { $seconds } 秒
rule_everyone = 所有人都能控制影片。
rule_host = 只有 { $host } 能控制影片。
rule_ready = 大家都准备好后影片才开始。
rule_play = 有人按播放时影片就开始。
rule_patience = 等任何人都不超过 { $time }。
address_asked = { $who } 想放映 { $address } 上的内容。你的电脑会向那个服务器请求，它能看到你的 IP 地址。
queued = { $film } · { $who }
film_sooner = { $film }：提前
film_later = { $film }：推后
unqueue = 移除 { $film }
go_to = 带大家跳到 { $place }？
place = 跳到 { $place }
shows = { $who } 正在放映 { $film }：选择你的片源
shows_at = { $who } 正在放映 { $server } 上的内容
opening_film = 正在打开 { $film }
drop_copy = 松开：作为 { $film } 的片源
drop_instead = 松开即可替换 { $film } 放映
title_from = { $film } · 来自 { $who }

## Faces, hands, chat

faces = 影片上的头像
faces_size = 大小
faces_smaller = 缩小头像
faces_larger = 放大头像
emoji_picker = 插入表情
open_link = 在浏览器中打开
copy_link = 复制
raise_hand = 举手
lower_hand = 放下手
link = 链接：{ $address }
link_asked =
    在浏览器中打开 { $server }？完整网址是
    { $address }
hand_raised = { $said }，已举手
is_behind = { $name } 落后 { $seconds } 秒
is_ahead = { $name } 超前 { $seconds } 秒
at_the_left = 左侧
at_the_top = 顶部
at_the_right = 右侧
show_chat = 显示聊天
show_chat_unread = 显示聊天，{ $count } 条未读
put_chat_away = 收起聊天

## Shared screens

share_screen = 共享屏幕
share_label = 共享
share_this_now = 改为共享这个
stop_sharing = 停止共享
stop = 停止
change = 更换
change_shared = 共享别的
monitors = 显示器
windows = 窗口
search_windows = 搜索窗口
search_hint = 标题或程序
nothing_found = 没有这个名字的窗口。
looking_for_screens = 正在查找显示器和窗口…
no_screens = 没有找到显示器和窗口，可能系统不允许程序查看。
with_sound = 同时共享电脑声音
with_sound_hint = 其他程序播放的声音会一起发送，但不含朋友的声音和房间的影片。
how_it_is_sent = 发送方式
settings_screen = 你的屏幕
content_label = 优化
title_sharing = CinemaSync · 你正在共享屏幕
content_hint = 文字：每秒画面少，分辨率完整；动态画面则相反。
sixty = 每秒最多 60 帧
screen_limit = 最高
screen_limit_less = 降低屏幕码率
screen_limit_more = 提高屏幕码率
portal = 由系统询问
portal_hint = 在这个桌面环境中，由系统询问你要共享什么。按下“共享”后会打开系统自己的列表，CinemaSync 只能看到你在那里选择的内容。
go_on = 继续
the_film = 影片
actual_size = 实际大小
whole_screen = 完整显示
no_title = 无标题窗口
sent_with_sound = 含声音
permission_1 = macOS 会询问是否允许 CinemaSync 录制这台电脑的屏幕和声音。它只在你选择共享内容和共享期间这样做。
permission_2 = 在“系统设置”的“隐私与安全性”、“录屏与系统录音”中允许，然后重新打开 CinemaSync。否则朋友只能看到空桌面。
you_share_titled = 你正在共享“{ $title }”
you_share_screen = 你正在共享屏幕
you_share_window = 你正在共享一个窗口
you_share_pattern = 你正在共享测试画面
screen_of = { $name } 的屏幕
screen_comes = { $name } 正在共享屏幕，画面马上就到…
screen_volume_of = { $name } 屏幕的音量
hear_screen = 听 { $name } 的屏幕
silence_screen = 将 { $name } 的屏幕静音
content_any = 自动
content_text = 文字和静止画面
content_motion = 影片或游戏
content_text_now = 自动 · 目前是文字
content_motion_now = 自动 · 目前是动态画面
megabits = { $megabits } Mbit/s

## Tracks of the film

tracks = 声音和字幕
subtitles = 字幕
audio = 音轨
no_sound = 无声音
no_subtitles = 无字幕
subtitle_delay = 字幕延后
subtitles_earlier = 字幕提前 0.1 秒
subtitles_later = 字幕延后 0.1 秒
subtitle_size = 字幕大小
smaller = 缩小字幕
larger = 放大字幕
audio_delay = 声音延后
sound_earlier = 声音提前 0.1 秒
sound_later = 声音延后 0.1 秒
add_subtitles = 添加字幕…
propose_tracks = 向大家推荐我的音轨和字幕
your_cut = 你的影片版本
your_cut_hint = 你的文件里所有内容晚多少秒。会为这两个文件记住。
shift_label = 你的文件的偏移（秒）
track_number = 轨道 { $number }
external = 外部
mono = 单声道
stereo = 立体声
channels = { $count } 声道
rate_normal = 正常
shift = { $seconds } 秒
shift_1_less = 偏移减少 1 秒
shift_0_1_less = 偏移减少 0.1 秒
shift_0_1_more = 偏移增加 0.1 秒
shift_1_more = 偏移增加 1 秒
proposal = { $who } 推荐：{ $sound }，{ $subtitles }
proposed_sound = { $track }音轨
proposed_no_sound = 无声音
proposed_subtitles = { $track }字幕
proposed_no_subtitles = 无字幕
offers = { $who } 提供 { $name }
offers_here = { $who } 提供 { $name } · 已取得
take_these_subtitles = 使用这个字幕：{ $name }

language_ar = 阿拉伯语
language_cs = 捷克语
language_da = 丹麦语
language_de = 德语
language_el = 希腊语
language_en = 英语
language_es = 西班牙语
language_fi = 芬兰语
language_fr = 法语
language_hi = 印地语
language_it = 意大利语
language_ja = 日语
language_ko = 韩语
language_nl = 荷兰语
language_no = 挪威语
language_pl = 波兰语
language_pt = 葡萄牙语
language_ru = 俄语
language_sv = 瑞典语
language_tr = 土耳其语
language_uk = 乌克兰语
language_zh = 中文

## Layouts

layout_label = 布局
layout_follows = 自动
layout_follows_hint = 有影片或屏幕时将其放大，否则放大头像。选择一种即可固定。
key_layout = 下一种布局
compact = 置顶小窗口
leave_compact = 回到大窗口
film_large = 重新放大影片
screen_large = 重新放大 { $name } 的屏幕
layout_talk = 聊天
layout_watch = 观看
layout_share = 屏幕
layout_theatre = 影院
choose_talk = 聊天：放大头像
choose_watch = 观看：放大影片，头像在旁
choose_share = 屏幕：放大朋友的屏幕
choose_theatre = 影院：全屏
watch_waits = 已固定：有影片时生效。
share_waits = 已固定：有人共享屏幕时生效。
theatre_waits = 已固定：有影片或屏幕时生效。
layout_now = 布局：{ $layout }
layout_kept = 布局：{ $layout }，已固定

## The window itself

keys = 按键
keys_hint = 每个都能更改：设置 › 这个窗口。
close = 关闭
key_play = 播放或暂停
key_back = 后退 5 秒
key_forward = 前进 5 秒
key_back_more = 后退 10 秒
key_forward_more = 前进 10 秒
key_frame_back = 上一帧
key_frame_forward = 下一帧
key_louder = 影片音量加
key_quieter = 影片音量减
key_microphone = 开关麦克风
key_camera = 开关摄像头
key_chat = 写消息
key_share = 共享屏幕
key_talk = 按住发言
key_full_screen = 全屏
key_theatre = 影院模式：只看影片
key_zoom = 以实际大小显示共享屏幕
key_help = 这些按键
key_escape = 退出、关闭
settings_window = 这个窗口
search_settings = 搜索设置
no_setting_found = 没有这个名字的设置。
scale = 整体大小
scale_less = 全部缩小
scale_more = 全部放大
on_top = 置于所有窗口之上
reduced_motion = 减少动态效果
notifications = 我没在看时通知我
came_in = 进入了房间
waits_for_you = 房间在等你
keys_as_they_came = 默认
keys_chosen = 自定义
reset_keys = 恢复默认按键
drop_for_room = 松开，进入房间后放映
drop_subtitles_later = 字幕要配影片：先进入一个房间
film_for_room = 进入房间后放映
not_that_film = 不放映这部影片
show_it = 放映
after_this_one = 放完这部之后
invitation_waits = 打开了一个邀请。离开这个房间后，可以在首页看到。
copy_code_only = 只复制房间码
recent_rooms = 最近的房间
camera_missing = 未找到摄像头。接一个，或不用也行。
microphone_missing = 未找到麦克风：接一个，大家才能听到你
first_start_1 = 创建一个房间并把房间码发给朋友，或输入你收到的房间码。
first_start_2 = 每个人打开自己的影片文件，大家在同一时刻观看。
first_start_3 = 看的同时可以互相看见、听见和聊天；在房间里按 ? 查看按键。
show_to_room = 在房间放映 { $file }？
choose_own_copy = 选择你的片源
choose_next_film = 选择之后放映的影片
choose_subtitles = 选择字幕
recent = { $with } · { $ago }
just_now = 刚刚
minutes_ago = { $count } 分钟前
hours_ago = { $count } 小时前
days_ago = { $count } 天前
go_in_again = 再次进入 { $code }：{ $with }
forget_room = 忘记 { $code }
key_group_film = 影片
key_group_call = 通话和聊天
key_group_window = 窗口
key_space = 空格
press_for = 按下用于“{ $words }”的键；按 Esc 保持不变。
key_is_taken = { $key } 已用于“{ $words }”，请按别的键。
talk_key_takes = { $key } 也用于“{ $words }”。用作发言键时，它只负责发言。
language_label = 语言
language_of_system = 跟随系统 · { $language }
needs_font = { $language } · 缺少字体
chinese_font_hint = 这台电脑上没有中文字体。请安装一种，例如 Noto Sans CJK，然后重新打开。

## Films that come from friends

stream_from = 从 { $name } 接收影片
settings_films = 朋友的影片
stream_mode_label = 这里没有的影片
stream_auto = 立即从朋友接收
stream_ask = 先询问我
stream_never = 从不接收
stream_offered = { $name } 正在放映 { $film }，可以边看边传给你。
stream_takes = { $name } 正在放映 { $film }，可以边看边传给你，大约需要 { $rate }。
film_comes = 已收到 { $percent }%，{ $rate }，来自 { $sources } 位朋友
film_comes_slowly = 已收到 { $percent }%，{ $rate }，需要 { $needed }
film_comes_whole = 影片已全部收到
film_is_given = 正在把影片传给朋友，{ $rate }
keep_film = 保存这部影片…
keeping_film = 正在保存影片…
choose_film_name = 影片另存为
forget_films = 删除接收的影片

## How the call goes

condition_good = 良好
condition_voice_breaks = 声音断断续续
condition_picture_stutters = 画面卡顿
condition_long_delay = 延迟较大
condition_weak = 网络较差
condition_weak_reduced = 网络较差，已降低画质
condition_connecting = 正在连接
condition_reconnecting = 正在重连
condition_no_connection = 无连接
condition_other_key = 密钥变了
everybody_is = 所有人：{ $words }
somebody_is = { $who }：{ $words }
computer_too_slow = 这台电脑太慢，跟不上要发送的画面
call_goes_on = 服务器暂时连不上，通话继续
path_host = 同一网络
path_direct = 直连
path_relay = 经中继
words_and_path = { $words }，{ $path }
rate_kilobits = { $kilobits } kbit/s
rate_megabits = { $megabits } Mbit/s
round_trip = { $ms } ms
lost = 丢包 { $percent }%
clock_within = 时钟 ±{ $ms } ms
rates = ↓ { $down } · ↑ { $up }
rates_of = ↓ { $down } · ↑ { $up } / { $most }
subject_camera = 摄像头
subject_screen = 屏幕
picture_received = { $subject } { $size }，{ $fps } fps
picture_sent = { $subject } { $size }，{ $fps } fps，{ $rate }，每帧 { $ms } ms
dropped = 丢弃 { $count } 帧
froze_once = 卡住 1 次
froze_times = 卡住 { $count } 次
voice_received = 声音抖动 { $ms } ms，补偿 { $percent }%
film_ahead = 影片超前 { $ms } ms
film_behind = 影片落后 { $ms } ms
film_in_step = 影片毫秒级同步
program_use = 占用单核 { $cpu }%，内存 { $memory } MB

## What happens

name_invalid = 名字要有 1 到 40 个字符。请输入后重试。
already_in_room = 你已经在一个房间里了，请先离开。
not_in_room = 你还不在任何房间里。请创建或加入一个。
server_late = 服务器没有及时回应。请检查地址和网络后重试。
server_silent = 服务器没有回应。
server_url_silent = 服务器 { $url } 没有回应。请检查地址和网络后重试。
server_unreachable = 无法连接服务器 { $url }（{ $error }）。请检查地址和网络后重试。
no_cinemasync_server = { $url } 有回应，但不是 CinemaSync 服务器（HTTP 状态 { $status }）。请检查地址。
no_server_address = { $typed } 不是服务器地址，应类似 wss://cinema.example.org 或 ws://192.0.2.7:8080。
server_connection_lost = 与服务器的连接断开了。
server_gone = 服务器暂时连不上。通话和影片继续；恢复之前，其他人无法加入。
server_back = 服务器恢复了
room_unknown = 服务器已不认识这个房间。你可以和已连接的人继续；要让别人进来，请离开并新建房间。
message_length = 消息要有 1 到 { $most } 个字符。请缩短后重新发送。
message_unreached = 有人没收到你的消息：服务器暂时连不上。
reaction_invalid = 表情回应只能是一个表情。文字请发到聊天里。
only_host_rules = 这个房间的规则由房主决定。
everyone_may_steer = 所有人都可以控制影片
only_host_may_steer = 只有 { $host } 可以控制影片
starts_when_ready = 大家都准备好后影片才开始
starts_by_play = 有人按播放时影片就开始
host_steers_ask = 这个房间由 { $host } 控制影片。可以在聊天里提出。
no_code_to_compare = 还没有可比对的安全码，请等连接建立。
nobody_waits = 这里没有使用其他密钥的人在等待。
key_changed = { $who } 的程序换了密钥。可能是重新安装过，也可能有人想冒充 { $who }。先用别的方式问问 { $who }，再决定接受或拒绝；在此之前不会向它发送任何内容。
key_changed_compared = { $who } 的程序换了密钥，而你们之前比对过安全码。可能是重新安装过，也可能有人想冒充 { $who }。先用别的方式问问 { $who }，再决定接受或拒绝；在此之前不会向它发送任何内容。
you_are_back = 你回到了房间
joined = { $who } 来了
has_left = { $who } 离开了
lost_connection = { $who } 掉线了
was_removed = { $who } 被移出了房间
room_locked = 房间已锁定：其他人无法加入
room_unlocked = 房间重新开放了

refused_protocol = 应用和服务器的版本不一致，请更新较旧的一方。
refused_not_found = 没有这个房间码对应的房间。请向邀请你的人确认；最后一个人离开后房间就会关闭。
refused_full = 房间满了。
refused_locked = 房间已锁定，请房主让你进来。
refused_password = 房间有密码，你的密码不对。请向邀请你的人确认。
refused_name = 名字要有 1 到 40 个字符，且不含控制字符。
refused_not_host = 只有房主可以这样做。
refused_rate = 操作太频繁了，请稍等再试。
refused_resume = 你在房间里的位置已不再保留，请用房间码重新加入。
refused_removed = 你被移出了房间，或在别处重新进入了。
refused_shutting_down = 服务器正在关闭。通话和影片继续；要让别人加入，请一分钟后再试或换一个服务器。
refused_server_full = 服务器满了。请稍后再试，或换一个服务器。

device_lack = 没有可用的{ $kind ->
        [camera] 摄像头
        [microphone] 麦克风
       *[loudspeaker] 扬声器
    }，请接一个。
device_failed = { $name }：{ $why }
device_failed_instead = { $name }：{ $why } 暂时使用“{ $now }”。
device_gone = { $kind ->
        [camera] 摄像头
        [microphone] 麦克风
       *[loudspeaker] 扬声器
    }“{ $gone }”不见了，也没有其他的。请接一个。
device_gone_instead = { $kind ->
        [camera] 摄像头
        [microphone] 麦克风
       *[loudspeaker] 扬声器
    }“{ $gone }”不见了，改用“{ $now }”。
device_gone_until_back = { $kind ->
        [camera] 摄像头
        [microphone] 麦克风
       *[loudspeaker] 扬声器
    }“{ $gone }”不见了，恢复前使用“{ $now }”。
device_back = { $kind ->
        [camera] 摄像头
        [microphone] 麦克风
       *[loudspeaker] 扬声器
    }“{ $now }”恢复使用了。
device_absent = 没有{ $kind ->
        [camera] 摄像头
        [microphone] 麦克风
       *[loudspeaker] 扬声器
    }“{ $name }”，暂时使用“{ $now }”。
device_default_now = 系统的{ $kind ->
        [camera] 摄像头
        [microphone] 麦克风
       *[loudspeaker] 扬声器
    }现在是“{ $now }”。
no_device_found = 没有找到{ $kind ->
        [camera] 摄像头
        [microphone] 麦克风
       *[loudspeaker] 扬声器
    }。请接一个，或检查系统设置。
device_unknown = 没有名为 { $name } 的{ $kind ->
        [camera] 摄像头
        [microphone] 麦克风
       *[loudspeaker] 扬声器
    }。现有：{ $known }。
device_ambiguous = { $name } 对应多个{ $kind ->
        [camera] 摄像头
        [microphone] 麦克风
       *[loudspeaker] 扬声器
    }：{ $matches }。请写得更完整些。
device_busy = { $kind ->
        [camera] 摄像头
        [microphone] 麦克风
       *[loudspeaker] 扬声器
    }正被其他程序使用。请关闭它后重试。
device_forbidden = 系统不允许本程序使用{ $kind ->
        [camera] 摄像头
        [microphone] 麦克风
       *[loudspeaker] 扬声器
    }。请在隐私设置中允许。
device_no_format = 无法使用{ $kind ->
        [camera] 摄像头
        [microphone] 麦克风
       *[loudspeaker] 扬声器
    }：它没有本程序支持的格式。
device_not_opened = 无法打开{ $kind ->
        [camera] 摄像头
        [microphone] 麦克风
       *[loudspeaker] 扬声器
    }（{ $reason }）。请换一个，或重启声音系统。
device_disconnected = { $kind ->
        [camera] 摄像头
        [microphone] 麦克风
       *[loudspeaker] 扬声器
    }断开了。请重新连接或换一个。
device_stopped = { $kind ->
        [camera] 摄像头
        [microphone] 麦克风
       *[loudspeaker] 扬声器
    }停止工作了。请换一个，或重启声音系统。
microphone_silent = 麦克风没有声音。请检查是否打开，或换一个。
voice_not_encoded = 无法编码声音（{ $error }）。请重新启动程序。
camera_not_opened = 无法打开摄像头（{ $error }）。请关闭其他程序。
camera_driver_failed = 摄像头驱动出错了。请换一个，或重新连接。
camera_unreadable = 无法读取摄像头画面（{ $error }）。请换一个摄像头。
camera_not_sent = 无法发送摄像头画面（{ $error }）。请换一个摄像头。
camera_stopped = 摄像头停止了。请重新连接或换一个。
camera_no_picture = 摄像头没有画面。请关闭正在使用它的其他程序，或重新连接。
camera_broken = 摄像头无法工作（{ $reason }）。请重新连接或换一个。

share_started = { $who } 开始共享屏幕
share_stopped = { $who } 停止共享屏幕
screen_not_sent = 无法发送屏幕（{ $error }）。请共享别的内容。
screen_sound_ended = 无法共享其他程序的声音：{ $reason }。画面会继续。

no_film_yet = 还没有影片，请先打开一部。
no_film_shown = 房间里没有放映影片。打开这部即可放映。
queue_full = 最多只能有 { $most } 部影片排队。请先移除一部。
queue_added = { $who } 把 { $film } 加到了后面
queue_empty = 没有影片在排队，请先添加一部。
copy_differs = { $who } 的文件和你的相似但不完全相同：你们中可能有人看到画面瑕疵
wrong_film = 这和房间里放映的不是同一个文件。请选择相同的版本，或仍然使用它并设置偏移，或为所有人打开。
wrong_film_longer = 这和房间里放映的不是同一个文件（长了 { $seconds } 秒）。请选择相同的版本，或仍然使用它并设置偏移，或为所有人打开。
wrong_film_shorter = 这和房间里放映的不是同一个文件（短了 { $seconds } 秒）。请选择相同的版本，或仍然使用它并设置偏移，或为所有人打开。
wrong_film_same_length = 这和房间里放映的不是同一个文件（时长相同）。请选择相同的版本，或仍然使用它并设置偏移，或为所有人打开。
other_cut_used = 你看的文件和别人的不同，偏移为 { $shift } 秒。
other_cut_longer = 你看的文件和别人的不同（长了 { $seconds } 秒），偏移为 { $shift } 秒。
other_cut_shorter = 你看的文件和别人的不同（短了 { $seconds } 秒），偏移为 { $shift } 秒。
other_cut_same_length = 你看的文件和别人的不同（时长相同），偏移为 { $shift } 秒。
copy_is_same = 你的文件和别人的相同，没有偏移。
goes_on_at = 影片从上次停下的 { $place } 继续
left_behind = 不等 { $who }，影片继续
pressed_play = { $who } 从 { $place } 开始播放
paused_at = { $who } 在 { $place } 暂停了
went_to = { $who } 跳到了 { $place }
set_speed = { $who } 把速度设为 { $rate }
tracks_proposed = 你向大家推荐了你的音轨和字幕
subtitles_offered = { $who } 提供字幕 { $name }
subtitles_gone = 这个字幕已不再提供。
film_address_scheme = 影片网址以 http:// 或 https:// 开头。请检查网址。
film_address_too_long = 这个网址太长了，请换一个短的。
film_address_user = 不能打开带用户名或密码的网址。请删去 @ 前面的内容。
film_address_host = 这个网址里没有服务器。请检查网址。
film_address_characters = 这个网址含有不该有的字符。请从浏览器重新复制。
film_unreadable = 无法读取影片：{ $error }。请检查文件是否还在、是否可读。
film_is_folder = 这是一个文件夹，请选择里面的影片文件。
film_is_no_file = 这不是普通文件，请选择影片文件。
film_is_empty = 这个文件是空的，也许没有复制完整。请换一个。
film_name_unusable = 无法打开这个文件名，请重命名文件。
not_a_film = 这个文件不是可播放的影片，或已损坏。请换一个。
nothing_in_film = 这个文件里没有可播放的画面或声音。请换一个。
film_not_played = 无法播放影片（{ $why }）。请检查文件是否完整，或换一个。
film_unreachable = 无法打开这个网址的影片。请检查网址和网络连接，或换一部。
film_cut_off = 影片到这里中断了：服务器不再回应，或没有完整的文件。请重新打开，或换一个网址。
film_late_from_server = 影片没能及时打开：服务器没有回应或太慢。请重试，或换一个网址。
film_late_from_disk = 影片没能及时打开：磁盘没有回应或文件已损坏。请重试，或换一个。
subtitles_too_large = 这个文件太大，不像字幕。请选择 SRT、ASS 或 WebVTT 文件。
subtitles_no_text = 这个文件不是文本。请选择 SRT、ASS 或 WebVTT 文件。
player_ended = 播放器意外退出了。请重新打开影片。
player_gave_no_answer = 播放器没有给出回应。请重新启动程序。
player_silent = 播放器没有回应。请重新启动程序。
player_not_started = 无法启动播放器：{ $why }。请重新启动程序，或重新安装 libmpv。
libmpv_missing = 缺少 libmpv，无法播放影片。安装方法：{ $how }。然后重试。
libmpv_unsuitable = 这台电脑上的 libmpv 无法使用：{ $why }。需要 0.33 或更新的版本：{ $how }。
install_on_linux = 安装软件包“libmpv2”（Debian、Ubuntu）、“mpv-libs”（Fedora）或“mpv”（Arch）
install_on_macos = 运行“brew install mpv”
install_on_windows = 把 libmpv-2.dll（来自 mpv 开发包）放到本程序的文件夹里
film_not_streamed = 没有人提供这部影片，请选择你自己的文件。
film_is_offered = 来自别人的影片会按提供的样子放映。请选择要放映的文件。
film_stream_unreachable = 无法打开来自别人的影片。请重试，或选择你自己的文件。
film_late_from_others = 来自别人的影片没能及时打开，可能已损坏。请重试，或选择你自己的文件。
film_stream_cut_off = 影片到这里中断了：后面的内容无法读取。请重新打开，或选择你自己的文件。
no_stream = 现在没有来自别人的影片可以保存。
film_saved = 影片已保存为 { $name }

## What was taken away

film_taken_off = 你撤下了《{ $title }》。
film_waits_no_more = 《{ $title }》不再等待播放。
put_back = 恢复
forgotten_room = 已忘记 { $code }。

## 程序如何照料自己

settings_put_aside = 无法读取设置，已恢复为首次启动时的状态。旧文件已保留：{ $file }
settings_newer = 设置由更新版本的 CinemaSync 写入，这里恢复为首次启动时的状态；其文件已保留：{ $file }
films_put_aside = 无法读取影片记录。旧文件已保留：{ $file }
rooms_put_aside = 无法读取最近的房间列表。旧文件已保留：{ $file }
crashed_last_time = CinemaSync 上次意外退出。
failed_last_time = CinemaSync 的一部分上次出现故障。
show_report = 查看报告
crash_report = 出了什么问题
crash_report_hint = 这些内容没有发送给任何人。如果想告诉别人，请复制。
copy_crash_report = 复制
settings_about = 关于
check_updates = 检查更新
check_daily = 每天检查一次
check_updates_hint = 会询问你的服务器推荐哪个版本，不会下载任何东西。
updates_asking = 正在询问…
updates_newest = 这就是你的服务器推荐的版本，或更新的版本。
updates_newer = 你的服务器推荐版本 { $version }。请从你获取当前版本的地方获取。
updates_not_told = 你的服务器没有说明推荐哪个版本。
updates_no_server = 你没有使用可以询问的服务器。
updates_failed = 无法询问服务器。
