"""The server that `cargo xtask bench server` compares with: FastAPI and python-socketio, with the same
events (create_room, join_room, leave, offer, chat) and three participants a room. It logs nothing, unlike
ours: what it is compared by is what it can do at its best.

Usage: socketio_server.py PORT
"""

import secrets
import sys

import socketio
import uvicorn
from fastapi import FastAPI

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
MAX_PARTICIPANTS = 3

api = FastAPI()
sio = socketio.AsyncServer(async_mode="asgi", cors_allowed_origins=[])
rooms: dict[str, dict[str, str]] = {}
place: dict[str, str] = {}


@api.get("/health")
async def health():
    return {"status": "ok", "rooms": len(rooms), "connections": len(place)}


async def refuse(sid, code):
    await sio.emit("error", {"code": code}, to=sid)


async def part(sid):
    code = place.pop(sid, None)
    if code is None:
        return False
    people = rooms[code]
    del people[sid]
    await sio.leave_room(sid, code)
    if people:
        await sio.emit("user_disconnected", {"id": sid}, room=code)
    else:
        del rooms[code]
    return True


@sio.event
async def create_room(sid, data):
    if sid in place:
        return await refuse(sid, "already_in_room")
    code = "".join(secrets.choice(ALPHABET) for _ in range(8))
    rooms[code] = {sid: str(data["name"])[:40]}
    place[sid] = code
    await sio.enter_room(sid, code)
    await sio.emit("room_created", {"room": code, "id": sid}, to=sid)


@sio.event
async def join_room(sid, data):
    code = data["room"]
    people = rooms.get(code)
    if sid in place:
        return await refuse(sid, "already_in_room")
    if people is None:
        return await refuse(sid, "room_not_found")
    if len(people) >= MAX_PARTICIPANTS:
        return await refuse(sid, "room_full")
    name = str(data["name"])[:40]
    others = [{"id": other, "name": people[other]} for other in people]
    people[sid] = name
    place[sid] = code
    await sio.emit("user_joined", {"participant": {"id": sid, "name": name}}, room=code)
    await sio.enter_room(sid, code)
    await sio.emit("room_joined", {"room": code, "id": sid, "participants": others}, to=sid)


@sio.event
async def leave(sid, data):
    if not await part(sid):
        return await refuse(sid, "not_in_room")
    await sio.emit("room_left", {}, to=sid)


async def relay(event, sid, data):
    code = place.get(sid)
    if code is None:
        return await refuse(sid, "not_in_room")
    to = data.pop("to", None)
    data["from"] = sid
    if to is None:
        await sio.emit(event, data, room=code, skip_sid=sid)
    elif to in rooms[code]:
        await sio.emit(event, data, to=to)
    else:
        await refuse(sid, "unknown_participant")


@sio.event
async def offer(sid, data):
    await relay("offer", sid, data)


@sio.event
async def chat(sid, data):
    if not isinstance(data.get("text"), str) or not 1 <= len(data["text"]) <= 4000:
        return await refuse(sid, "bad_message")
    await relay("chat", sid, data)


@sio.event
async def disconnect(sid, reason):
    await part(sid)


if __name__ == "__main__":
    app = socketio.ASGIApp(sio, api)
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", access_log=False)
