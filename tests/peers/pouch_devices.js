// pouch_devices.js load FOLDER STORE        put what the devices of FOLDER recorded (bench_sync prepare) into local databases: an
//                                           entry is a document, its photos are attachments
// pouch_devices.js push FOLDER STORE URL    replicate them to URL, one device after another; prints seconds, documents
'use strict';
process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
process.noDeprecation = true;
process.removeAllListeners('warning');
const fs = require('fs');
const https = require('https');
const path = require('path');
const PouchDB = require('pouchdb');

https.globalAgent.keepAlive = true;
const [mode, folder, store, url] = process.argv.slice(2);
fs.mkdirSync(store, { recursive: true });
const Local = PouchDB.defaults({ prefix: store + '/' });
const lines = (file) => fs.readFileSync(file, 'utf8').split('\n').filter((line) => line !== '');

async function load(name) {
  const database = new Local(name);
  const files = new Map();
  for (const file of lines(path.join(folder, name, 'photos.txt'))) {
    files.set(path.basename(file).split('.')[0], file);
  }
  const documents = lines(path.join(folder, name, 'entries.ndjson')).map((line) => {
    const document = JSON.parse(line);
    document._id = document.id;
    for (const photo of document.photos || []) {
      document._attachments = document._attachments || {};
      document._attachments[photo.sha256] = { content_type: photo.type, data: fs.readFileSync(files.get(photo.sha256)) };
    }
    return document;
  });
  for (let at = 0; at < documents.length; at += 500) {
    for (const result of await database.bulkDocs(documents.slice(at, at + 500))) {
      if (result.error) throw result;
    }
  }
  await database.close();
}

async function push(name) {
  const database = new Local(name);
  const result = await database.replicate.to(url + '/all');
  if (!result.ok) throw result;
  await database.close();
  return result.docs_written;
}

(async () => {
  const names = fs.readdirSync(folder).filter((name) => name.startsWith('dev-')).sort();
  const began = process.hrtime.bigint();
  let written = 0;
  for (const name of names) {
    if (mode === 'load') await load(name);
    else written += await push(name);
  }
  console.log((Number(process.hrtime.bigint() - began) / 1e9).toFixed(6), written);
  process.exit(0);
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
