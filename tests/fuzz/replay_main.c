/*
 * Runs a fuzz target without a fuzzer: FOLDER ROUNDS. Every file of the folder as it is, then ROUNDS changed copies of
 * each: bytes replaced, cut out, repeated, and pieces of the next file put in. The changes come from a fixed seed, so
 * a failure comes again.
 */
#include <dirent.h>
#include <string.h>

#include "fuzz.h"

#define MOST_FILES 4096
#define MOST_BYTES (1024 * 1024)

struct input {
	uint8_t *data;
	size_t size;
	char *name;
};

struct seeded {
	uint64_t state;
};

/* splitmix64 */
static size_t draw_below(struct seeded *s, size_t below)
{
	uint64_t z = s->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return below == 0 ? 0 : (size_t)((z ^ z >> 31) % below);
}

static int is_input(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static struct input read_input(const char *folder, const char *name)
{
	struct input in = {0};
	char path[4096];
	FILE *f;

	JX_FUZZ_CHECK(snprintf(path, sizeof(path), "%s/%s", folder, name) < (int)sizeof(path));
	f = fopen(path, "rb");
	JX_FUZZ_CHECK(f != NULL);
	in.data = malloc(MOST_BYTES);
	in.name = strdup(name);
	JX_FUZZ_CHECK(in.data != NULL && in.name != NULL);
	in.size = fread(in.data, 1, MOST_BYTES, f);
	JX_FUZZ_CHECK(ferror(f) == 0);
	(void)fclose(f);
	return in;
}

/* Given in memory of its own size, so that a look beyond the end is seen. */
static void run_exact(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size > 0 ? size : 1);

	JX_FUZZ_CHECK(copy != NULL);
	if (size > 0)
		memcpy(copy, data, size);
	(void)LLVMFuzzerTestOneInput(copy, size);
	free(copy);
}

static size_t cut_out(struct seeded *s, uint8_t *data, size_t size)
{
	size_t from = draw_below(s, size), len = draw_below(s, size - from) + 1;

	if (size == 0)
		return 0;
	memmove(data + from, data + from + len, size - from - len);
	return size - len;
}

static size_t put_in(struct seeded *s, uint8_t *data, size_t size, const uint8_t *piece, size_t len)
{
	size_t at = draw_below(s, size + 1);

	if (size + len > MOST_BYTES)
		return size;
	memmove(data + at + len, data + at, size - at);
	memcpy(data + at, piece, len);
	return size + len;
}

/* One change of data, which has room for MOST_BYTES. */
static size_t change(struct seeded *s, uint8_t *data, size_t size, const struct input *other)
{
	static const uint8_t telling[] = "\"\\{}[],:0-+.eEun \t\n\x00\x7f\x80\xc3\xe8\xed\xf0\xff";
	uint8_t piece[64];
	size_t from, len;

	switch (draw_below(s, 5)) {
	case 0:
		if (size > 0)
			data[draw_below(s, size)] ^= (uint8_t)(1U << draw_below(s, 8));
		return size;
	case 1:
		return put_in(s, data, size, telling + draw_below(s, sizeof(telling) - 1), 1);
	case 2:
		return cut_out(s, data, size);
	case 3:
		from = draw_below(s, other->size);
		len = draw_below(s, other->size - from < sizeof(piece) ? other->size - from : sizeof(piece));
		memcpy(piece, other->data + from, len);
		return put_in(s, data, size, piece, len);
	default:
		from = draw_below(s, size);
		len = draw_below(s, size - from < sizeof(piece) ? size - from : sizeof(piece));
		memcpy(piece, data + from, len);
		return put_in(s, data, size, piece, len);
	}
}

static void run_changed(const struct input *in, const struct input *other, size_t rounds)
{
	struct seeded s = {.state = in->size};
	uint8_t *data = malloc(MOST_BYTES);

	JX_FUZZ_CHECK(data != NULL);
	for (size_t i = 0; i < rounds; i++) {
		size_t size = in->size;
		size_t changes = draw_below(&s, 4) + 1;

		memcpy(data, in->data, size);
		for (size_t k = 0; k < changes; k++)
			size = change(&s, data, size, other);
		run_exact(data, size);
	}
	free(data);
}

int main(int argc, char **argv)
{
	static struct input inputs[MOST_FILES];
	struct dirent **names = NULL;
	char *end = NULL;
	size_t rounds;
	int n;

	JX_FUZZ_CHECK(argc == 3);
	rounds = strtoul(argv[2], &end, 10);
	JX_FUZZ_CHECK(*end == '\0');
	n = scandir(argv[1], &names, is_input, alphasort);
	JX_FUZZ_CHECK(n > 0 && n <= MOST_FILES); /* an empty corpus would be a test that cannot fail */
	for (int i = 0; i < n; i++) {
		inputs[i] = read_input(argv[1], names[i]->d_name);
		free(names[i]);
	}
	free(names);
	run_exact(NULL, 0);
	for (int i = 0; i < n; i++) {
		(void)printf("%s\n", inputs[i].name);
		(void)fflush(stdout); /* the last name printed is the one that failed */
		run_exact(inputs[i].data, inputs[i].size);
		run_changed(&inputs[i], &inputs[(i + 1) % n], rounds);
	}
	for (int i = 0; i < n; i++) {
		free(inputs[i].data);
		free(inputs[i].name);
	}
	(void)printf("%d files, %zu changed copies of each\n", n, rounds);
	return 0;
}
