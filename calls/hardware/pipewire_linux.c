#include "pipewire_linux.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DIRECTION_INPUT = 0, AUTOCONNECT = 1 << 0, MAP_BUFFERS = 1 << 2, DONT_RECONNECT = 1 << 7 };

// The functions of the library, by their own names.
struct library {
	void (*pw_init)(int *, char ***);
	void (*pw_log_set_level)(int);
	struct pw_loop *(*pw_loop_new)(void *);
	void (*pw_loop_destroy)(struct pw_loop *);
	void *(*pw_context_new)(struct pw_loop *, void *, size_t);
	void *(*pw_context_connect_fd)(void *, int, void *, size_t);
	void (*pw_context_destroy)(void *);
	void *(*pw_properties_new)(const char *, ...);
	void *(*pw_stream_new)(void *, const char *, void *);
	void (*pw_stream_add_listener)(void *, struct spa_hook *, const struct pw_stream_events *, void *);
	int (*pw_stream_connect)(void *, int, uint32_t, int, const uint8_t *const *, uint32_t);
	int (*pw_stream_update_params)(void *, const uint8_t *const *, uint32_t);
	struct pw_buffer *(*pw_stream_dequeue_buffer)(void *);
	int (*pw_stream_queue_buffer)(void *, struct pw_buffer *);
	void (*pw_stream_destroy)(void *);
};

struct kith_cast {
	struct library pw;
	struct pw_loop *loop;
	void *context, *stream;
	struct spa_hook hook;
	uint8_t *settled[2];
	struct pw_buffer *held; // the newest picture, until it is looked at
	uint8_t format[KITH_MOST_POD] __attribute__((aligned(8)));
	uint32_t format_size;
	int renewed, ended;
};

// load finds the library, which then stays: it has threads and memory of its own.
static int load(struct library *l) {
	void *so = dlopen("libpipewire-0.3.so.0", RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
	if (so == NULL)
		return 0;
#define FIND(name) (*(void **)&l->name = dlsym(so, #name)) != NULL
	return FIND(pw_init) && FIND(pw_log_set_level) && FIND(pw_loop_new) && FIND(pw_loop_destroy) && FIND(pw_context_new) &&
	       FIND(pw_context_connect_fd) && FIND(pw_context_destroy) && FIND(pw_properties_new) && FIND(pw_stream_new) &&
	       FIND(pw_stream_add_listener) && FIND(pw_stream_connect) && FIND(pw_stream_update_params) &&
	       FIND(pw_stream_dequeue_buffer) && FIND(pw_stream_queue_buffer) && FIND(pw_stream_destroy);
#undef FIND
}

// state_changed: an error, or no connection any more, is the end.
static void state_changed(void *data, int before, int now, const char *error) {
	struct kith_cast *c = data;
	(void)before, (void)error;
	if (now <= 0)
		c->ended = 1;
}

// param_changed keeps a format, and says what its buffers shall be like.
static void param_changed(void *data, uint32_t id, const struct spa_pod *pod) {
	struct kith_cast *c = data;
	if (id != KITH_PARAM_FORMAT || pod == NULL)
		return;
	if (pod->size > sizeof c->format - sizeof *pod) {
		c->ended = 1;
		return;
	}
	c->format_size = pod->size + sizeof *pod;
	memcpy(c->format, pod, c->format_size);
	c->renewed = 1;
	c->pw.pw_stream_update_params(c->stream, (const uint8_t *const *)c->settled, 2);
}

// useful says whether a buffer holds a picture: some bring only where the pointer is.
static int useful(const struct pw_buffer *b) {
	const struct spa_buffer *s = b->buffer;
	return s->n_datas > 0 && s->datas[0].data != NULL && s->datas[0].chunk->size > 0 && !(s->datas[0].chunk->flags & KITH_CHUNK_CORRUPT);
}

// process keeps the newest picture, and gives all others back, so that the other side never lacks a buffer to paint in.
static void process(void *data) {
	struct kith_cast *c = data;
	struct pw_buffer *b;
	while ((b = c->pw.pw_stream_dequeue_buffer(c->stream)) != NULL) {
		if (!useful(b)) {
			c->pw.pw_stream_queue_buffer(c->stream, b);
			continue;
		}
		kith_cast_give(c);
		c->held = b;
	}
}

static void remove_buffer(void *data, struct pw_buffer *b) {
	struct kith_cast *c = data;
	if (c->held == b)
		c->held = NULL;
}

static const struct pw_stream_events events = {
	.state_changed = state_changed, .param_changed = param_changed, .process = process, .remove_buffer = remove_buffer,
};

static uint8_t *copy(const uint8_t *pod) {
	struct spa_pod head;
	memcpy(&head, pod, sizeof head);
	uint8_t *to = malloc(head.size + sizeof head);
	return to == NULL ? NULL : memcpy(to, pod, head.size + sizeof head);
}

// begin connects; whatever it leaves behind is closed by who called.
static int begin(struct kith_cast *c, int fd, uint32_t node, const uint8_t *const formats[2]) {
	c->context = c->pw.pw_context_new(c->loop, NULL, 0);
	if (c->context == NULL) {
		close(fd);
		return 0;
	}
	void *core = c->pw.pw_context_connect_fd(c->context, fd, NULL, 0); // the context's, like the file
	if (core == NULL)
		return 0;
	void *properties = c->pw.pw_properties_new("media.type", "Video", "media.category", "Capture", "media.role", "Screen", NULL);
	c->stream = c->pw.pw_stream_new(core, "Kith", properties);
	if (c->stream == NULL)
		return 0;
	c->pw.pw_stream_add_listener(c->stream, &c->hook, &events, c);
	// Not to be connected to anything else when the screen is gone: that might be the camera.
	int flags = AUTOCONNECT | MAP_BUFFERS | DONT_RECONNECT;
	return c->pw.pw_stream_connect(c->stream, DIRECTION_INPUT, node, flags, formats, 2) >= 0;
}

struct kith_cast *kith_cast_open(int fd, uint32_t node, const uint8_t *const formats[2], const uint8_t *const settled[2], int *why) {
	struct kith_cast *c = calloc(1, sizeof *c);
	*why = 1;
	if (c == NULL || !load(&c->pw)) {
		close(fd);
		free(c);
		return NULL;
	}
	*why = 2;
	c->pw.pw_init(NULL, NULL);
	c->pw.pw_log_set_level(0);
	c->loop = c->pw.pw_loop_new(NULL);
	c->settled[0] = copy(settled[0]);
	c->settled[1] = copy(settled[1]);
	if (c->loop == NULL || c->settled[0] == NULL || c->settled[1] == NULL) {
		close(fd);
		kith_cast_close(c);
		return NULL;
	}
	c->loop->control->methods->enter(c->loop->control->object);
	if (!begin(c, fd, node, formats)) {
		kith_cast_close(c);
		return NULL;
	}
	return c;
}

int kith_cast_turn(struct kith_cast *c, int milliseconds) {
	int n = c->loop->control->methods->iterate(c->loop->control->object, milliseconds);
	return c->ended || (n < 0 && n != -EINTR);
}

const uint8_t *kith_cast_format(struct kith_cast *c, uint32_t *size) {
	if (!c->renewed)
		return NULL;
	c->renewed = 0;
	*size = c->format_size;
	return c->format;
}

static void find_crop(const struct spa_buffer *b, int32_t crop[4]) {
	memset(crop, 0, 4 * sizeof *crop);
	for (uint32_t i = 0; i < b->n_metas; i++)
		if (b->metas[i].type == KITH_META_CROP && b->metas[i].size >= 4 * sizeof *crop && b->metas[i].data != NULL)
			memcpy(crop, b->metas[i].data, 4 * sizeof *crop);
}

int kith_cast_has(const struct kith_cast *c) { return c->held != NULL; }

int kith_cast_take(struct kith_cast *c, struct kith_picture *p) {
	if (c->held == NULL)
		return 0;
	const struct spa_data *d = &c->held->buffer->datas[0];
	const struct spa_chunk chunk = *(const volatile struct spa_chunk *)d->chunk; // once: the other side can write there
	uint32_t offset = chunk.offset < d->maxsize ? chunk.offset : 0;
	uint32_t most = d->maxsize - offset;
	p->data = (const uint8_t *)d->data + offset;
	p->size = chunk.size < most ? chunk.size : most;
	p->stride = chunk.stride;
	find_crop(c->held->buffer, p->crop);
	return 1;
}

void kith_cast_give(struct kith_cast *c) {
	if (c->held != NULL)
		c->pw.pw_stream_queue_buffer(c->stream, c->held);
	c->held = NULL;
}

void kith_cast_close(struct kith_cast *c) {
	if (c->stream != NULL)
		c->pw.pw_stream_destroy(c->stream);
	if (c->context != NULL)
		c->pw.pw_context_destroy(c->context);
	if (c->loop != NULL) {
		c->loop->control->methods->leave(c->loop->control->object);
		c->pw.pw_loop_destroy(c->loop);
	}
	free(c->settled[0]);
	free(c->settled[1]);
	free(c);
}
