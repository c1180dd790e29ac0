/** Errors of functions, sites, deployments, rules and uploads; see `error-types.ts`. */
import type { ErrorTable } from './error-types.ts';

export const COMPUTE_ERRORS = {
  function_not_found: [404, 'Function with the requested ID could not be found.'],
  function_already_exists: [
    409,
    'Function with the requested ID already exists. Try again with a different ID or use ' +
      'ID.unique() to generate a unique ID.',
  ],
  function_runtime_unsupported: [404, 'The requested runtime is either inactive or unsupported.'],
  function_entrypoint_missing: [
    404,
    'Entrypoint for your Appwrite Function is missing. Please specify it when making ' +
      'deployment or update the entrypoint under your function\'s "Settings" > ' +
      '"Configuration" > "Entrypoint".',
  ],
  function_synchronous_timeout: [
    408,
    'Synchronous function execution timed out. Use asynchronous execution instead, or ' +
      "ensure the execution duration doesn't exceed 30 seconds.",
  ],
  function_asynchronous_timeout: [
    408,
    "Asynchronous function execution timed out. Ensure the execution duration doesn't " +
      'exceed the configured function timeout.',
  ],
  function_execute_permission_missing: [
    401,
    'To execute function using domain, execute permissions must include "any" or "guests"',
  ],
  site_not_found: [404, 'Site with the requested ID could not be found.'],
  site_already_exists: [
    409,
    'Site with the requested ID already exists. Try again with a different ID or use ' +
      'ID.unique() to generate a unique ID.',
  ],
  build_not_found: [404, 'Build with the requested ID could not be found.'],
  build_not_ready: [400, 'Build with the requested ID is building and not ready for execution.'],
  build_in_progress: [
    400,
    'Build with the requested ID is already in progress. Please wait before you can ' + 'retry.',
  ],
  build_already_completed: [
    400,
    'Build with the requested ID is already completed and cannot be canceled.',
  ],
  deployment_not_found: [404, 'Deployment with the requested ID could not be found.'],
  execution_not_found: [404, 'Execution with the requested ID could not be found.'],
  execution_in_progress: [
    400,
    "Can't delete ongoing execution. Please wait for execution to finish before deleting " + 'it.',
  ],
  variable_not_found: [404, 'Variable with the requested ID could not be found.'],
  variable_already_exists: [
    409,
    'Variable with the same ID already exists in this project. Try again with a ' + 'different ID.',
  ],
  rule_not_found: [404, 'Rule with the requested ID could not be found.'],
  rule_already_exists: [409, 'Domain is already used. Please try again with a different domain.'],
  rule_resource_not_found: [
    404,
    'Resource could not be found. Please check if the resourceId and resourceType are ' +
      'correct, or if the resource actually exists.',
  ],
  storage_file_empty: [400, 'Empty file passed to the endpoint.'],
  storage_file_type_unsupported: [400, 'The given file extension is not supported.'],
  storage_invalid_file_size: [
    400,
    'The file size is either not valid or exceeds the maximum allowed size. Please check ' +
      'the file or the value of the _APP_STORAGE_LIMIT environment variable.',
  ],
  storage_invalid_content_range: [
    400,
    'The content range is invalid. Please check the value of the Content-Range header.',
  ],
  storage_invalid_file: [403, 'The uploaded file is invalid. Please check the file and try again.'],
  storage_invalid_appwrite_id: [
    400,
    'The value for x-appwrite-id header is invalid. Please check the value of the ' +
      'x-appwrite-id header is a valid id and not unique().',
  ],
} as const satisfies ErrorTable;
