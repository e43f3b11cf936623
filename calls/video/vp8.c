#include "vp8.h"

#include <stdlib.h>
#include <vpx/vp8cx.h>
#include <vpx/vp8dx.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#define LARGE (128 << 10) /* bytes; where glibc begins, but it goes up with what is freed */
#define FRAME_TICKS 3000 /* of 1/90000 s: 30 frames a second; the encoder learns the real rate from the times it is given */

/* The settings of a call: constant bitrate, no look-ahead, key frames only when they are asked for. */
static void set_up(vpx_codec_enc_cfg_t *c) {
	c->g_timebase.num = 1;
	c->g_timebase.den = 90000;
	c->g_threads = 1;
	c->g_lag_in_frames = 0;
	c->g_error_resilient = VPX_ERROR_RESILIENT_DEFAULT;
	c->rc_end_usage = VPX_CBR;
	c->rc_min_quantizer = 2;
	c->rc_max_quantizer = 56;
	c->rc_undershoot_pct = 100;
	c->rc_overshoot_pct = 15;
	c->rc_buf_initial_sz = 500; /* ms */
	c->rc_buf_optimal_sz = 600;
	c->rc_buf_sz = 1000;
	c->rc_dropframe_thresh = 30;
	c->kf_mode = VPX_KF_DISABLED;
}

static int control(vpx_codec_ctx_t *codec) {
	int rc = vpx_codec_control(codec, VP8E_SET_CPUUSED, -8);
	if (!rc) rc = vpx_codec_control(codec, VP8E_SET_STATIC_THRESHOLD, 1);
	if (!rc) rc = vpx_codec_control(codec, VP8E_SET_TOKEN_PARTITIONS, VP8_ONE_TOKENPARTITION);
	if (!rc) rc = vpx_codec_control(codec, VP8E_SET_MAX_INTRA_BITRATE_PCT, 300);
	return rc;
}

static void aim(vpx_codec_enc_cfg_t *c, unsigned width, unsigned height, unsigned kilobits) {
	c->g_w = width;
	c->g_h = height;
	c->rc_target_bitrate = kilobits;
}

/* Has what is large given back to the system when it is freed. By itself glibc keeps it, up to 32 MB each, for the thread that had it; libvpx takes and
 * frees pictures with each change of size, and Go calls from any thread: a long call grew by 50 MB. */
static void give_back(void) {
#ifdef __GLIBC__
	mallopt(M_MMAP_THRESHOLD, LARGE);
#endif
}

int kith_encoder_open(kith_encoder **out, unsigned width, unsigned height, unsigned kilobits) {
	*out = NULL;
	give_back();
	kith_encoder *e = calloc(1, sizeof *e);
	if (!e) return VPX_CODEC_MEM_ERROR;
	int rc = vpx_codec_enc_config_default(vpx_codec_vp8_cx(), &e->config, 0);
	if (!rc) {
		set_up(&e->config);
		aim(&e->config, width, height, kilobits);
		rc = vpx_codec_enc_init(&e->codec, vpx_codec_vp8_cx(), &e->config, 0);
	}
	if (rc) {
		free(e);
		return rc;
	}
	rc = control(&e->codec);
	if (rc) {
		kith_encoder_close(e);
		return rc;
	}
	*out = e;
	return VPX_CODEC_OK;
}

int kith_encoder_configure(kith_encoder *e, unsigned width, unsigned height, unsigned kilobits) {
	vpx_codec_enc_cfg_t before = e->config;
	aim(&e->config, width, height, kilobits);
	int rc = vpx_codec_enc_config_set(&e->codec, &e->config);
	if (rc) e->config = before;
	return rc;
}

int kith_encoder_encode(kith_encoder *e, uint8_t *const y, uint8_t *const u, uint8_t *const v, int y_stride, int uv_stride,
	int64_t pts, int key) {
	e->data = NULL;
	e->bytes = 0;
	e->key = 0;
	vpx_image_t image;
	if (!vpx_img_wrap(&image, VPX_IMG_FMT_I420, e->config.g_w, e->config.g_h, 1, y)) return VPX_CODEC_INVALID_PARAM;
	image.planes[VPX_PLANE_U] = u;
	image.planes[VPX_PLANE_V] = v;
	image.stride[VPX_PLANE_Y] = y_stride;
	image.stride[VPX_PLANE_U] = image.stride[VPX_PLANE_V] = uv_stride;
	int rc = vpx_codec_encode(&e->codec, &image, pts, FRAME_TICKS, key ? VPX_EFLAG_FORCE_KF : 0, VPX_DL_REALTIME);
	if (rc) return rc;
	vpx_codec_iter_t iter = NULL;
	for (const vpx_codec_cx_pkt_t *p; (p = vpx_codec_get_cx_data(&e->codec, &iter));) {
		if (p->kind != VPX_CODEC_CX_FRAME_PKT) continue;
		e->data = p->data.frame.buf;
		e->bytes = p->data.frame.sz;
		e->key = (p->data.frame.flags & VPX_FRAME_IS_KEY) != 0;
	}
	return VPX_CODEC_OK;
}

void kith_encoder_close(kith_encoder *e) {
	vpx_codec_destroy(&e->codec); /* fails only on what was never opened */
	free(e);
}

int kith_decoder_open(kith_decoder **out) {
	*out = NULL;
	give_back();
	kith_decoder *d = calloc(1, sizeof *d);
	if (!d) return VPX_CODEC_MEM_ERROR;
	vpx_codec_dec_cfg_t config = {.threads = 1};
	int rc = vpx_codec_dec_init(&d->codec, vpx_codec_vp8_dx(), &config, 0);
	if (rc) {
		free(d);
		return rc;
	}
	*out = d;
	return VPX_CODEC_OK;
}

int kith_decoder_decode(kith_decoder *d, const uint8_t *data, unsigned bytes) {
	d->image = NULL;
	int rc = vpx_codec_decode(&d->codec, data, bytes, NULL, 0);
	if (rc) return rc;
	/* The picture is fetched also from a corrupt frame: libvpx must hand it out before it takes the next. */
	vpx_codec_iter_t iter = NULL;
	const vpx_image_t *image = vpx_codec_get_frame(&d->codec, &iter);
	int corrupt = 0;
	rc = vpx_codec_control(&d->codec, VP8D_GET_FRAME_CORRUPTED, &corrupt);
	if (!rc && corrupt) rc = VPX_CODEC_CORRUPT_FRAME;
	if (!rc) d->image = image;
	return rc;
}

void kith_decoder_close(kith_decoder *d) {
	vpx_codec_destroy(&d->codec);
	free(d);
}
