// caster shows a picture of one colour as a screen does: a node of PipeWire, for tests. It prints the node's number, and then does what the lines of its
// standard input say: "size WIDTH HEIGHT", "colour RED GREEN BLUE", "pixels FORMAT" (a number of SPA's), "crop X Y WIDTH HEIGHT", "still" (no new
// pictures), "short" (says that its pictures are longer than they are). It ends with its input.
#include "../pipewire_linux.h"

#include <dlfcn.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CALL(type, name) ((type)dlsym(RTLD_DEFAULT, #name))

static void *stream;
static uint32_t width = 640, height = 360, pixels = 8, red, green, blue, crop[4];
static int broken, still, announced;

// offer says, as a format or as the only one there is, what is shown; then what its buffers are like.
static void offer(uint32_t *pod, uint32_t id) {
	uint32_t p[] = {128, 15, 0x40003, id, 1, 0, 4, 3, 2, 0, 2, 0, 4, 3, 1, 0, 0x20001, 0, 4, 3, pixels, 0,
		0x20003, 0, 8, 10, width, height, 0x20004, 0, 8, 11, 0, 1};
	memcpy(pod, p, sizeof p);
	pod[0] = sizeof p - 8;
}

static int update(const void *first, const void *second) {
	const uint8_t *params[2] = {first, second};
	return CALL(int (*)(void *, const uint8_t **, uint32_t), pw_stream_update_params)(stream, params, second == NULL ? 1 : 2);
}

static void param_changed(void *data, uint32_t id, const struct spa_pod *pod) {
	(void)data;
	if (id != KITH_PARAM_FORMAT || pod == NULL)
		return;
	uint32_t buffers[] = {0, 15, 0x40004, 5, 1, 0, 4, 4, 4, 0, 2, 0, 4, 4, 1, 0, 3, 0, 4, 4, 4 * width * height, 0,
		4, 0, 4, 4, 4 * width, 0, 6, 0, 4, 4, 1 << 2, 0};
	uint32_t meta[] = {0, 15, 0x40005, 6, 1, 0, 4, 3, 2, 0, 2, 0, 4, 4, 16, 0};
	buffers[0] = sizeof buffers - 8;
	meta[0] = sizeof meta - 8;
	update(buffers, meta);
}

static void paint(void) {
	struct pw_buffer *b = CALL(struct pw_buffer *(*)(void *), pw_stream_dequeue_buffer)(stream);
	if (b == NULL)
		return;
	struct spa_data *d = &b->buffer->datas[0];
	uint8_t colour[4] = {blue, green, red, 0};
	if (pixels == 7 || pixels == 11)
		colour[0] = red, colour[2] = blue;
	for (uint32_t i = 0; d->data != NULL && i + 4 <= d->maxsize && i < 4 * width * height; i += 4)
		memcpy((uint8_t *)d->data + i, colour, 4);
	d->chunk->offset = 0;
	d->chunk->size = broken ? UINT32_MAX : d->maxsize;
	d->chunk->stride = (int32_t)((broken ? 256 : 4) * width); // far beyond the memory that there is
	d->chunk->flags = 0;
	for (uint32_t i = 0; i < b->buffer->n_metas; i++)
		if (b->buffer->metas[i].type == KITH_META_CROP)
			memcpy(b->buffer->metas[i].data, crop, sizeof crop);
	CALL(int (*)(void *, struct pw_buffer *), pw_stream_queue_buffer)(stream, b);
}

// obey does what a line says; 0 at the end of all lines.
static int obey(void) {
	char line[100];
	if (fgets(line, sizeof line, stdin) == NULL)
		return 0;
	uint32_t pod[64];
	if (sscanf(line, "size %u %u", &width, &height) == 2 || sscanf(line, "pixels %u", &pixels) == 1) {
		offer(pod, 3);
		update(pod, NULL);
	}
	sscanf(line, "colour %u %u %u", &red, &green, &blue);
	sscanf(line, "crop %u %u %u %u", crop, crop + 1, crop + 2, crop + 3);
	broken = broken || strncmp(line, "short", 5) == 0;
	still = strncmp(line, "still", 5) == 0;
	return 1;
}

static void state_changed(void *data, int before, int now, const char *error) {
	(void)data, (void)before;
	if (now < 0)
		fprintf(stderr, "caster: %s\n", error), exit(1);
}

int main(void) {
	if (dlopen("libpipewire-0.3.so.0", RTLD_NOW | RTLD_GLOBAL) == NULL)
		return 1;
	setvbuf(stdin, NULL, _IONBF, 0);
	CALL(void (*)(void *, void *), pw_init)(NULL, NULL);
	struct pw_loop *loop = CALL(struct pw_loop *(*)(void *), pw_loop_new)(NULL);
	loop->control->methods->enter(loop->control->object);
	void *properties = CALL(void *(*)(const char *, ...), pw_properties_new)("media.class", "Video/Source", "node.name", "caster", NULL);
	static const struct pw_stream_events events = {.state_changed = state_changed, .param_changed = param_changed};
	void *context = CALL(void *(*)(struct pw_loop *, void *, size_t), pw_context_new)(loop, NULL, 0);
	void *core = CALL(void *(*)(void *, void *, size_t), pw_context_connect)(context, NULL, 0);
	if (core == NULL)
		return 1;
	stream = CALL(void *(*)(void *, const char *, void *), pw_stream_new)(core, "caster", properties);
	static struct spa_hook hook;
	CALL(void (*)(void *, struct spa_hook *, const void *, void *), pw_stream_add_listener)(stream, &hook, &events, NULL);
	uint32_t pod[64];
	offer(pod, 3);
	const uint8_t *params[1] = {(uint8_t *)pod};
	CALL(int (*)(void *, int, uint32_t, int, const uint8_t **, uint32_t), pw_stream_connect)(stream, 1, UINT32_MAX, 1 << 2 | 1 << 3, params, 1);
	struct pollfd in = {.fd = 0, .events = POLLIN};
	for (;;) {
		loop->control->methods->iterate(loop->control->object, 20);
		uint32_t id = CALL(uint32_t (*)(void *), pw_stream_get_node_id)(stream);
		if (!announced && id != UINT32_MAX)
			printf("%u\n", id), fflush(stdout), announced = 1;
		if (!still)
			paint();
		if (poll(&in, 1, 0) > 0 && !obey())
			return 0;
	}
}
