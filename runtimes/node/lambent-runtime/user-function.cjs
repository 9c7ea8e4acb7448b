// From the configured handler (`module.function`, `directory/module.function`) to the function to call.

'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { HandlerNotFound, ImportModuleError, MalformedHandlerName, UserCodeSyntaxError } = require('./errors.cjs');
const { installStreaming } = require('./streaming.cjs');

async function load(taskRoot, name) {
  if (name.includes('..')) {
    const hint = 'Use absolute paths when specifying root directories in handler names.';
    throw new MalformedHandlerName(`'${name}' is not a valid handler name. ${hint}`);
  }
  const base = path.basename(name);
  const directory = name.slice(0, name.indexOf(base));
  const dot = base.indexOf('.');
  if (dot < 0) throw new MalformedHandlerName('Bad handler');
  installStreaming();
  const module = await loadModule(taskRoot, directory, base.slice(0, dot));
  const handler = base.slice(dot + 1).split('.').reduce((holder, key) => holder && holder[key], module);
  if (!handler) throw new HandlerNotFound(`${name} is undefined or not exported`);
  if (typeof handler !== 'function') throw new HandlerNotFound(`${name} is not a function`);
  return handler;
}

async function loadModule(taskRoot, directory, name) {
  try {
    return await firstThatExists(path.resolve(taskRoot, directory, name), taskRoot, directory, name);
  } catch (error) {
    if (error instanceof SyntaxError) throw new UserCodeSyntaxError(error);
    if (error?.code === 'MODULE_NOT_FOUND') throw new ImportModuleError(error);
    throw error;
  }
}

// AWS's order; the last resort lets a handler live in a package under node_modules.
async function firstThatExists(file, taskRoot, directory, name) {
  if (isFile(file)) return require(file);
  if (isFile(`${file}.js`)) return isEsModule(path.dirname(file)) ? importFile(`${file}.js`) : require(`${file}.js`);
  if (isFile(`${file}.mjs`)) return importFile(`${file}.mjs`);
  if (isFile(`${file}.cjs`)) return require(`${file}.cjs`);
  return require(require.resolve(name, { paths: [taskRoot, path.resolve(taskRoot, directory)] }));
}

const isFile = (file) => fs.statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
const importFile = (file) => import(pathToFileURL(file).href);

// Node's own rule: the nearest package.json decides, and a `node_modules` directory ends the search.
function isEsModule(directory) {
  if (path.basename(directory) === 'node_modules') return false;
  const description = path.join(directory, 'package.json');
  if (isFile(description)) {
    try {
      return JSON.parse(fs.readFileSync(description, 'utf8')).type === 'module';
    } catch (error) {
      console.warn(`${description} cannot be read, it will be ignored for ES module detection purposes.`, error);
      return false;
    }
  }
  const parent = path.dirname(directory);
  return parent !== directory && isEsModule(parent);
}

module.exports = { load };
