/*
 * record.h - the log of a recording: every change of files below the recorded folders, in one order over all threads
 * and processes, and what people were told in between.
 *
 * A record is this header, then path, other and data without anything between. It is written by one write() at the
 * end of the file while the log is locked (flock), and the change itself happened under the same lock: so the order of records is
 * the order of changes. Whoever adds a record by other means (support of the driver) takes the lock too.
 */
#ifndef POWERCUT_RECORD_H
#define POWERCUT_RECORD_H

#include <stdint.h>

enum pc_op {
	PC_CREATE = 'c',   /**< path is a new, empty file ino */
	PC_WRITE = 'w',    /**< data at offset of file ino */
	PC_TRUNCATE = 't', /**< file ino has offset bytes now */
	PC_SYNC = 's',     /**< bytes and length of file ino are certain */
	PC_SYNC_DIR = 'd', /**< names in folder path are certain */
	PC_RENAME = 'r',   /**< path is called other now */
	PC_LINK = 'l',     /**< other is a second name of path */
	PC_UNLINK = 'u',
	PC_MKDIR = 'm',
	PC_RMDIR = 'x',
	PC_UNKNOWN =
		'!', /**< a change this recorder cannot express: the recording is worth nothing; data says which */
	/* written by the driver */
	PC_ROOT = 'R',     /**< folder path is a disk of its own; other says whose: "device:H07", "server" */
	PC_BASE = 'B',     /**< path was there before, certain, as file ino with data */
	PC_BASE_DIR = 'b', /**< folder path was there before, certain */
	PC_PROMISE = 'P',  /**< somebody was told data */
	PC_MARK = 'M'      /**< a step of the workload begins: its name in data */
};

#define PC_RECORD_MAGIC 0x3143506au /* "jPC1" */

struct pc_header {
	uint32_t magic;
	uint8_t op;
	uint8_t reserved[3];
	uint64_t ino;
	int64_t offset;
	uint32_t path_len, other_len;
	uint64_t data_len;
};

#endif
