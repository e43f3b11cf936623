// What Kith uses of libpipewire-0.3: declared here, because the library is looked for when a screen is shared and not before. People without it
// start Kith all the same, and nobody needs its headers to build it. These names and layouts are its stable interface since 0.3.0.
#ifndef KITH_PIPEWIRE_H
#define KITH_PIPEWIRE_H

#include <stddef.h>
#include <stdint.h>

enum {
	KITH_PARAM_FORMAT = 4,  // SPA_PARAM_Format
	KITH_META_CROP = 2,     // SPA_META_VideoCrop
	KITH_CHUNK_CORRUPT = 1, // SPA_CHUNK_FLAG_CORRUPTED
	KITH_MOST_POD = 4096,   // bytes of a format; real ones have some 200
};

// A pod is a value in SPA's own coding: its size without this header, its type, and then that.
struct spa_pod { uint32_t size, type; };

struct spa_chunk { uint32_t offset, size; int32_t stride, flags; };
struct spa_data {
	uint32_t type, flags;
	int64_t fd;
	uint32_t mapoffset, maxsize;
	void *data;
	struct spa_chunk *chunk; // in memory that the other side writes
};
struct spa_meta { uint32_t type, size; void *data; };
struct spa_buffer {
	uint32_t n_metas, n_datas;
	struct spa_meta *metas;
	struct spa_data *datas;
};
struct pw_buffer { struct spa_buffer *buffer; }; // and more, which is the library's
struct spa_hook { void *opaque[6]; };

struct pw_stream_events {
	uint32_t version; // 0
	void (*destroy)(void *);
	void (*state_changed)(void *, int before, int now, const char *error);
	void (*control_info)(void *, uint32_t, const void *);
	void (*io_changed)(void *, uint32_t, void *, uint32_t);
	void (*param_changed)(void *, uint32_t id, const struct spa_pod *);
	void (*add_buffer)(void *, struct pw_buffer *);
	void (*remove_buffer)(void *, struct pw_buffer *);
	void (*process)(void *);
	void (*drained)(void *);
};

// The part of struct pw_loop and of its methods that is called: the library has no functions for these, only these tables.
struct spa_loop_methods {
	uint32_t version;
	int (*get_fd)(void *);
	void (*add_hook)(void *, struct spa_hook *, const void *, void *);
	void (*enter)(void *);
	void (*leave)(void *);
	int (*iterate)(void *, int milliseconds);
};
struct spa_loop_control {
	const char *type;
	uint32_t version;
	const struct spa_loop_methods *methods;
	void *object;
};
struct pw_loop {
	void *system, *loop;
	struct spa_loop_control *control;
};

// kith_cast is a stream of pictures that somebody else's program gives. It belongs to one thread: everything happens in its calls.
struct kith_cast;

struct kith_picture {
	const uint8_t *data;
	uint32_t size;
	int32_t stride;
	int32_t crop[4]; // x, y, width, height; a width of 0: all of it
};

// kith_cast_open connects to the node behind fd, which it owns from now on. Formats are offered in that order; settled are the parameters that follow
// on an agreed format. NULL: why is 1 without the library, else 2.
struct kith_cast *kith_cast_open(int fd, uint32_t node, const uint8_t *const formats[2], const uint8_t *const settled[2], int *why);
// kith_cast_turn waits so long for something to happen. It is 0 while the stream lives.
int kith_cast_turn(struct kith_cast *, int milliseconds);
// kith_cast_format gives the agreed format, a pod of *size bytes that is valid until the next turn, once; then NULL until there is another.
const uint8_t *kith_cast_format(struct kith_cast *, uint32_t *size);
// kith_cast_has says whether there is a new picture.
int kith_cast_has(const struct kith_cast *);
// kith_cast_take gives the newest picture, 1, or 0 when there is no new one. It is valid until it is given back, which must be before the next turn.
int kith_cast_take(struct kith_cast *, struct kith_picture *);
void kith_cast_give(struct kith_cast *);
void kith_cast_close(struct kith_cast *);

#endif
