// Upload one file with tus-js-client: node upload.js JOB.json. Prints one line of JSON a step.
import fs from 'node:fs'
import * as tus from 'tus-js-client'

const job = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'))
const say = (what) => process.stdout.write(JSON.stringify(what) + '\n')
const data = fs.readFileSync(job.file)

function upload(more) {
	return new Promise((resolve, reject) => {
		let stopped = false
		const u = new tus.Upload(data, {
			endpoint: job.url + '/v1/photos',
			headers: { Authorization: 'Bearer ' + job.token },
			metadata: { sha256: job.sha256, filetype: 'image/jpeg' },
			retryDelays: job.retry_ms,
			chunkSize: job.chunk_bytes,
			...more,
			onError: reject,
			onSuccess: () => resolve(u),
			onChunkComplete: (size, accepted) => {
				if (!stopped && job.stop_at > 0 && accepted >= job.stop_at && more.uploadUrl === undefined) {
					stopped = true
					u.abort().then(() => resolve(u), reject)
				}
			},
		})
		u.start()
	})
}

try {
	const first = await upload({})
	say({ step: 'first', url: first.url })
	if (job.stop_at > 0) {
		await upload({ uploadUrl: first.url })
		say({ step: 'resumed' })
	}
	if (job.terminate) {
		await tus.Upload.terminate(first.url, { headers: { Authorization: 'Bearer ' + job.token }, retryDelays: null })
		say({ step: 'terminated' })
	}
	say({ step: 'done' })
} catch (error) {
	say({ step: 'failed', text: String(error) })
	process.exitCode = 1
}
