/*
 * The pipeline of a profile:
 *
 *   source - [caps] - tee -+- gate - [jpegenc] - shot              full resolution; one frame passes for each picture wanted
 *                          `- queue - [jpegdec] - scale - view     small frames, the latest only
 */
#include "camera_private.h"

/* One frame: a picture that nobody took in time is replaced, not kept. */
#define QUEUE "queue max-size-buffers=1 max-size-bytes=0 max-size-time=0"
/* async=false: a gate that lets nothing through must not keep the pipeline from starting. */
#define SINK "async=false sync=false max-buffers=1 drop=true"

#define QUALITY     90
#define VIEW_WIDTH  480
#define VIEW_HEIGHT 640

static bool makes_jpeg(const struct jx_camera_config *config)
{
	const bool is_real = config->source == JX_CAMERA_V4L2 || config->source == JX_CAMERA_LIBCAMERA ||
			     config->source == JX_CAMERA_PIPELINE;

	return is_real && config->is_jpeg;
}

static void add_source(const struct jx_camera_config *config, jx_buf *b)
{
	switch (config->source) {
	case JX_CAMERA_V4L2:
		jx_buf_adds(b, "v4l2src name=source");
		break;
	case JX_CAMERA_LIBCAMERA:
		jx_buf_adds(b, "libcamerasrc name=source");
		break;
	case JX_CAMERA_TEST:
		jx_buf_adds(b, "videotestsrc name=source is-live=true");
		break;
	case JX_CAMERA_FILE:
		jx_buf_adds(b, "filesrc name=source ! jpegdec ! videoconvert ! videoscale ! "
			       "imagefreeze is-live=true");
		break;
	case JX_CAMERA_PIPELINE:
		jx_buf_adds(b, config->pipeline);
		break;
	case JX_CAMERA_NONE:
		break;
	}
	/* an element, not a link with caps: a profile's pipeline may end with caps, and two in a row are no pipeline */
	jx_buf_adds(b,
		    makes_jpeg(config) ? " ! capsfilter caps=image/jpeg" : " ! capsfilter caps=video/x-raw");
	if (config->width > 0 && config->height > 0)
		jx_buf_addf(b, ",width=%lld,height=%lld", (long long)config->width,
			    (long long)config->height);
	/* a still picture has no rate of its own */
	if (config->source == JX_CAMERA_FILE || config->source == JX_CAMERA_TEST)
		jx_buf_adds(b, ",framerate=10/1");
}

static void add_view(const struct jx_camera_config *config, jx_buf *b)
{
	const bool is_given = config->view_width > 0 && config->view_height > 0;

	jx_buf_addf(b,
		    " tee. ! " QUEUE " leaky=downstream ! %svideoscale ! videoconvert ! "
		    "video/x-raw,format=BGRx,width=%lld,height=%lld,pixel-aspect-ratio=1/1 ! "
		    "appsink name=view " SINK,
		    makes_jpeg(config) ? "jpegdec ! " : "",
		    is_given ? (long long)config->view_width : VIEW_WIDTH,
		    is_given ? (long long)config->view_height : VIEW_HEIGHT);
}

char *jx_camera__describe(const struct jx_camera_config *config)
{
	jx_buf b;

	jx_buf_init(&b, 16384);
	add_source(config, &b);
	jx_buf_addf(&b, "%s ! tee name=tee tee. ! " QUEUE " name=gate ! ",
		    makes_jpeg(config) ? "" : " ! videoconvert");
	if (!makes_jpeg(config))
		jx_buf_addf(&b, "jpegenc quality=%lld ! ",
			    config->quality > 0 ? (long long)config->quality : QUALITY);
	jx_buf_adds(&b, "appsink name=shot " SINK);
	if (config->on_frame != NULL)
		add_view(config, &b);
	return b.data;
}

static void set_device(const struct jx_camera_config *config, GstElement *pipeline)
{
	const char *property = config->source == JX_CAMERA_V4L2        ? "device"
			       : config->source == JX_CAMERA_LIBCAMERA ? "camera-name"
			       : config->source == JX_CAMERA_FILE      ? "location"
								       : NULL;
	GstElement *source;

	if (property == NULL || config->device[0] == '\0')
		return;
	source = gst_bin_get_by_name(GST_BIN(pipeline), "source");
	g_object_set(source, property, config->device, NULL);
	gst_object_unref(source);
}

jx_rc jx_camera__build(const struct jx_camera_config *config, GstElement **pipeline_out, struct jx_error *err)
{
	JX_AUTO_FREE char *text = jx_camera__describe(config);
	GError *problem = NULL;
	GstElement *pipeline = gst_parse_launch_full(text, NULL, GST_PARSE_FLAG_FATAL_ERRORS, &problem);

	if (pipeline == NULL || !GST_IS_PIPELINE(pipeline)) {
		jx_rc rc = jx_fail(
			err, JX_EINVAL, problem != NULL ? problem->code : 0, JX_CAMERA__WHERE,
			"the camera's pipeline cannot be built: %s; correct [camera] in the profile, or install the GStreamer plugin that it needs",
			problem != NULL ? problem->message : "no pipeline");

		g_clear_error(&problem);
		if (pipeline != NULL)
			gst_object_unref(pipeline);
		return rc;
	}
	set_device(config, pipeline);
	*pipeline_out = pipeline;
	return JX_OK;
}
