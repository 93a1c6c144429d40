//! The snapshot: everything a front end shows, put together from the session's parts.

use super::keys::Withheld;
use super::roster::Member;
use super::stay::Stay;
use super::{Now, SessionCore, Stage};
use crate::interface::{
    ParticipantView, PlaybackView, SelfView, Snapshot, Stage as StageView, UndoView, WaitingView,
};
use crate::playback_sync::Waiting;
use cinemasync_protocol::ParticipantId;

pub(super) fn snapshot(core: &SessionCore, now: Now) -> Snapshot {
    let me = SelfView {
        camera: core.camera,
        microphone: core.microphone,
        push_to_talk: core.equipment.push_to_talk,
        audible: core.is_audible(),
        speaking: core.equipment.voiced && core.is_audible(),
        level: core.equipment.level,
        ..SelfView::default()
    };
    let base = Snapshot {
        signaling_connected: core.signaling.seems_up(),
        route: core.config.route,
        me,
        devices: core.equipment.view(),
        voice: core.equipment.voice,
        media: core.media.clone(),
        camera_quality: core.equipment.camera_quality,
        sharing: core.sharing.view(),
        screen_settings: core.sharing.settings(),
        screens: core.sharing.screens(),
        ..Snapshot::default()
    };
    match &core.stage {
        Stage::Lobby => base,
        Stage::Entering { invite, .. } => Snapshot {
            stage: StageView::Entering,
            me: SelfView { name: invite.name.clone(), ..base.me },
            ..base
        },
        Stage::Room(stay) => in_room(core, stay, base, now),
    }
}

fn in_room(core: &SessionCore, stay: &Stay, base: Snapshot, now: Now) -> Snapshot {
    let roster = stay.roster();
    let error_ms = stay.clock.error_bound().map(|bound| bound.as_secs_f64() * 1_000.0);
    Snapshot {
        stage: StageView::Room {
            code: stay.code(),
            server: stay.server().to_owned(),
            max_participants: stay.max_participants(),
            locked: stay.locked(),
        },
        me: SelfView {
            id: Some(stay.me().clone()),
            name: stay.invite().name.clone(),
            host: roster.host() == stay.me(),
            hand: stay.hand(),
            ..base.me
        },
        participants: roster
            .others()
            .map(|(id, member)| participant(core, stay, id, member))
            .collect(),
        chat: stay.chat().clone(),
        playback: playback(stay, now),
        rules: stay.rules(),
        clock_error_ms: error_ms,
        ..base
    }
}

fn participant(
    core: &SessionCore,
    stay: &Stay,
    id: &ParticipantId,
    member: &Member,
) -> ParticipantView {
    let clock = stay.clock.peer(id);
    ParticipantView {
        id: id.clone(),
        name: member.name.clone(),
        host: stay.roster().host() == id,
        state: member.link.state,
        path: member.link.path,
        link: member.link.stats.clone(),
        camera_rung: member.link.camera_rung,
        safety_code: member.link.safety_code,
        compared: stay.compared_with(id),
        other_key: member.withheld.as_ref().map(Withheld::view),
        camera: member.camera,
        microphone: member.microphone,
        screen: member.screen_sharing,
        screen_audio: member.screen_sharing && member.screen_audio,
        screen_volume: core.sharing.volumes.of(id),
        screen_rung: member.link.screen_rung.filter(|_| core.sharing.is_on()),
        speaking: member.speaking,
        hand: member.hand,
        level: member.level,
        volume: core.equipment.volumes.of(id),
        copy: member.standing.copy,
        film_ready: member.standing.ready,
        same_film: stay.has_same_film(member),
        agreed: member.standing.agreed,
        film_offset_ms: member.standing.offset_ms,
        clock_offset_ms: clock.as_ref().map(|clock| clock.offset_ms),
        clock_error_ms: clock.as_ref().map(|clock| clock.error_ms),
    }
}

fn playback(stay: &Stay, now: Now) -> PlaybackView {
    let state = stay.playback.state();
    let here = stay.playback.view(&stay.clock, now.instant);
    PlaybackView {
        film: state.film.clone(),
        opened_by: state.opened_by.as_ref().map(|id| stay.name_of(id)).unwrap_or_default(),
        mine: here.mine,
        state: here.stage,
        playing: here.playing,
        waiting: state.waiting.as_ref().map(|waiting| waiting_view(stay, waiting)),
        slowed: state.slowed,
        undo: stay.playback.undoable(now.instant).map(|undo| UndoView {
            by: stay.name_of(&undo.by),
            cause: undo.cause,
            position_secs: undo.position_secs,
        }),
        started: state.started,
        agreed: stay.playback.agreed(),
        may_steer: stay.may_steer(),
        position_secs: here.position_secs,
        target_secs: here.target_secs,
        offset_ms: here.offset_ms,
        speed: here.speed,
        rate: state.rate,
        buffered_secs: here.buffered_secs,
        tracks: here.tracks,
        chapters: here.chapters,
        audio_track: here.audio_track,
        subtitle_track: here.subtitle_track,
        volume: stay.volume(),
        ..stay.film_extras(here.shift_secs)
    }
}

fn waiting_view(stay: &Stay, waiting: &Waiting) -> WaitingView {
    let person = |id: &ParticipantId| (id.clone(), stay.name_of(id), stay.playback.percent(id));
    WaitingView { who: waiting.who.iter().map(person).collect(), why: waiting.why }
}
