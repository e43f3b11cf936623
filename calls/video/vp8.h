/* A thin layer over libvpx, because its calls are macros with variable arguments. See vp8.go. */
#ifndef KITH_VP8_H
#define KITH_VP8_H

#include <vpx/vpx_decoder.h>
#include <vpx/vpx_encoder.h>

typedef struct {
	vpx_codec_ctx_t codec;
	vpx_codec_enc_cfg_t config; /* libvpx keeps a pointer to it */
	const uint8_t *data;        /* the last frame, valid until the next call; NULL when it was dropped */
	size_t bytes;
	int key;
} kith_encoder;

typedef struct {
	vpx_codec_ctx_t codec;
	const vpx_image_t *image; /* the last picture, valid until the next call; NULL when none is to be shown */
} kith_decoder;

/* All return a vpx_codec_err_t. What open gave must be closed; after a failure *e and *d are NULL. */
int kith_encoder_open(kith_encoder **e, unsigned width, unsigned height, unsigned kilobits);
int kith_encoder_configure(kith_encoder *e, unsigned width, unsigned height, unsigned kilobits);
int kith_encoder_encode(kith_encoder *e, uint8_t *const y, uint8_t *const u, uint8_t *const v, int y_stride, int uv_stride,
	int64_t pts, int key);
void kith_encoder_close(kith_encoder *e);

int kith_decoder_open(kith_decoder **d);
int kith_decoder_decode(kith_decoder *d, const uint8_t *data, unsigned bytes);
void kith_decoder_close(kith_decoder *d);

#endif
