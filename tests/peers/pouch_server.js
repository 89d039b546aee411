// pouch_server.js CERT KEY FOLDER: PouchDB's server (express-pouchdb, LevelDB in FOLDER) over TLS on a free port of the loopback; prints "port N".
'use strict';
const fs = require('fs');
const https = require('https');
const express = require('express');
const PouchDB = require('pouchdb');

const [cert, key, folder] = process.argv.slice(2);
fs.mkdirSync(folder, { recursive: true });
const Stored = PouchDB.defaults({ prefix: folder + '/' });
const app = express();
app.use('/', require('express-pouchdb')(Stored, { mode: 'minimumForPouchDB', inMemoryConfig: true, logPath: '/dev/null' }));
const options = { cert: fs.readFileSync(cert), key: fs.readFileSync(key), minVersion: 'TLSv1.3' };
const server = https.createServer(options, app);
server.listen(0, '127.0.0.1', () => console.log('port ' + server.address().port));
