/* Disks as a first start in good weather leaves them: most histories begin there, the others on empty disks. */
#include "sim_world.h"

#include <stdlib.h>

static struct {
	sim_disk *device, *server;
	struct sim_key server_key;
} made; /* once in a process; the same for every history */

static void make(void)
{
	struct sim_weather calm = {.devices = 1, .from_nothing = true};
	struct sim_world *w = sim_world_new(0, &calm);
	struct jx_error err = {0};

	w->is_calm = true;
	if (sim_device_open(&w->device[0], &err) != JX_OK || sim_is_broken(w))
		abort();
	sim_device_close(&w->device[0]);
	sim_server_close(&w->server);
	made.device = sim_disk_clone(w->device[0].disk, "sim-template-device", 1);
	made.server = sim_disk_clone(w->server.disk, "sim-template-server", 2);
	made.server_key = w->server.key;
	sim_world_free(w);
}

const sim_disk *sim_template_device(void)
{
	if (made.device == NULL)
		make();
	return made.device;
}

const sim_disk *sim_template_server(struct sim_key *key_out)
{
	(void)sim_template_device();
	*key_out = made.server_key;
	return made.server;
}

void sim_templates_free(void)
{
	sim_disk_free(made.device);
	sim_disk_free(made.server);
	made.device = made.server = NULL;
}
