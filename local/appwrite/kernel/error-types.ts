/**
 * Error types with their HTTP status and default message, as Appwrite 1.9.6 answers them
 * (recorded, or from the types and codes of the fact sheet). `%s` takes the values given to
 * `appwriteError`.
 */
const NOT_FOUND = 'with the requested ID could not be found.';
const TRY_ID = 'Try again with a different ID or use ID.unique() to generate a unique ID.';

export const ERROR_TYPES = {
  general_unknown: [500, 'Server Error'],
  general_mock: [400, 'General errors thrown by the mock controller used for testing.'],
  general_access_forbidden: [401, 'Access to this API is forbidden.'],
  general_unknown_origin: [403, 'The request originated from an unknown origin.'],
  general_service_disabled: [403, 'The requested service is disabled.'],
  general_unauthorized_scope: [
    401,
    'The current user or API key does not have the required scopes to access the requested resource.',
  ],
  general_rate_limit_exceeded: [
    429,
    'Rate limit for the current endpoint has been exceeded. Please try again after some time.',
  ],
  general_smtp_disabled: [
    503,
    'SMTP is disabled on your Appwrite instance. You can learn more about setting up SMTP in our docs.',
  ],
  general_argument_invalid: [400, 'The request contains one or more invalid arguments.'],
  general_query_limit_exceeded: [400, 'Query limit exceeded for the current attribute.'],
  general_query_invalid: [400, "The query's syntax is invalid."],
  general_route_not_found: [404, 'The requested route was not found.'],
  general_cursor_not_found: [400, 'The cursor is invalid.'],
  general_server_error: [500, 'An internal server error occurred.'],
  general_bad_request: [400, 'There was an error processing your request.'],
  general_not_implemented: [405, 'This method was not fully implemented yet.'],
  general_resource_blocked: [403, 'Access to this resource is blocked.'],
  general_entity_too_large: [413, 'The request is too large.'],
  user_count_exceeded: [
    400,
    'The current project has exceeded the maximum number of users. Please check your user limit in the Appwrite console.',
  ],
  user_jwt_invalid: [401, 'The JWT token is invalid.'],
  user_jwt_and_cookie_set: [
    403,
    'JWT and cookie used in the same request. Use either `setJWT` or `setCookie`. Learn about which authentication method to use in the SSR docs: https://appwrite.io/docs/products/auth/server-side-rendering',
  ],
  user_already_exists: [
    409,
    'A user with the same id, email, or phone already exists in this project.',
  ],
  user_blocked: [403, 'The current user has been blocked.'],
  user_invalid_token: [401, 'Invalid token passed in the request.'],
  user_password_recently_used: [
    400,
    'The password you are trying to use is similar to your previous password.',
  ],
  user_password_personal_data: [
    400,
    'The password you are trying to use contains references to your name, email, phone or userID.',
  ],
  user_email_already_exists: [
    409,
    'A user with the same email already exists in the current project.',
  ],
  user_phone_already_exists: [
    409,
    'A user with the same phone number already exists in the current project.',
  ],
  user_password_mismatch: [
    400,
    'Passwords do not match. Please check the password and confirm password.',
  ],
  user_session_not_found: [404, 'The current user session could not be found.'],
  user_session_already_exists: [
    401,
    'Creation of a session is prohibited when a session is active.',
  ],
  user_unauthorized: [401, 'The current user is not authorized to perform the requested action.'],
  user_auth_method_unsupported: [
    501,
    'The requested authentication method is either disabled or unsupported.',
  ],
  user_invalid_credentials: [401, 'Invalid credentials. Please check the email and password.'],
  user_not_found: [404, `User ${NOT_FOUND}`],
  user_target_already_exists: [409, 'A target with the same ID already exists.'],
  team_not_found: [404, `Team ${NOT_FOUND}`],
  team_already_exists: [
    409,
    'Team with requested ID already exists. Please choose a different ID and try again.',
  ],
  team_invite_already_exists: [
    409,
    'User has already been invited or is already a member of this team.',
  ],
  team_invalid_secret: [
    401,
    'The team invitation secret is invalid. Please request a new invitation and try again.',
  ],
  team_membership_mismatch: [404, 'The membership ID does not belong to the team ID.'],
  membership_not_found: [404, `Membership ${NOT_FOUND}`],
  membership_already_confirmed: [409, 'Membership is already confirmed.'],
  membership_deletion_prohibited: [400, 'Membership deletion is prohibited.'],
  project_not_found: [
    404,
    `Project ${NOT_FOUND} Please check the value of the X-Appwrite-Project header to ensure the correct project ID is being used.`,
  ],
  project_already_exists: [409, `Project with the requested ID already exists. ${TRY_ID}`],
  project_unknown: [400, 'The project ID is either missing or not valid.'],
  project_id_missing: [
    403,
    'When using project API key, make sure to pass x-appwrite-project header with your project ID.',
  ],
  project_key_expired: [
    401,
    'The project key has expired. Please generate a new key using the Appwrite console.',
  ],
  key_not_found: [404, `Key ${NOT_FOUND}`],
  key_already_exists: [409, `Key with the requested ID already exists. ${TRY_ID}`],
  platform_not_found: [404, `Platform ${NOT_FOUND}`],
  mock_number_not_found: [404, 'Mock phone with the requested number could not be found.'],
  function_not_found: [404, `Function ${NOT_FOUND}`],
  function_already_exists: [409, `Function with the requested ID already exists. ${TRY_ID}`],
  function_runtime_unsupported: [404, 'The requested runtime is either inactive or unsupported.'],
  function_entrypoint_missing: [
    404,
    'Entrypoint for your Appwrite Function is missing. Please specify it when making deployment or update the entrypoint under your function\'s "Settings" > "Configuration" > "Entrypoint".',
  ],
  function_synchronous_timeout: [
    408,
    "Synchronous function execution timed out. Use asynchronous execution instead, or ensure the execution duration doesn't exceed 30 seconds.",
  ],
  function_asynchronous_timeout: [
    408,
    "Asynchronous function execution timed out. Ensure the execution duration doesn't exceed the configured function timeout.",
  ],
  function_execute_permission_missing: [
    401,
    'To execute function using domain, execute permissions must include "any" or "guests"',
  ],
  site_not_found: [404, `Site ${NOT_FOUND}`],
  site_already_exists: [409, `Site with the requested ID already exists. ${TRY_ID}`],
  build_not_found: [404, `Build ${NOT_FOUND}`],
  build_not_ready: [400, 'Build with the requested ID is building and not ready for execution.'],
  build_in_progress: [
    400,
    'Build with the requested ID is already in progress. Please wait before you can retry.',
  ],
  build_already_completed: [
    400,
    'Build with the requested ID is already completed and cannot be canceled.',
  ],
  deployment_not_found: [404, `Deployment ${NOT_FOUND}`],
  execution_not_found: [404, `Execution ${NOT_FOUND}`],
  execution_in_progress: [
    400,
    "Can't delete ongoing execution. Please wait for execution to finish before deleting it.",
  ],
  variable_not_found: [404, `Variable ${NOT_FOUND}`],
  variable_already_exists: [
    409,
    'Variable with the same ID already exists in this project. Try again with a different ID.',
  ],
  rule_not_found: [404, `Rule ${NOT_FOUND}`],
  rule_already_exists: [409, 'Domain is already used. Please try again with a different domain.'],
  rule_resource_not_found: [
    404,
    'Resource could not be found. Please check if the resourceId and resourceType are correct, or if the resource actually exists.',
  ],
  storage_file_empty: [400, 'Empty file passed to the endpoint.'],
  storage_file_type_unsupported: [400, 'The given file extension is not supported.'],
  storage_invalid_file_size: [
    400,
    'The file size is either not valid or exceeds the maximum allowed size. Please check the file or the value of the _APP_STORAGE_LIMIT environment variable.',
  ],
  storage_invalid_content_range: [
    400,
    'The content range is invalid. Please check the value of the Content-Range header.',
  ],
  storage_invalid_file: [403, 'The uploaded file is invalid. Please check the file and try again.'],
  storage_invalid_appwrite_id: [
    400,
    'The value for x-appwrite-id header is invalid. Please check the value of the x-appwrite-id header is a valid id and not unique().',
  ],
  database_not_found: [404, "Database with the requested ID '%s' could not be found."],
  database_already_exists: [409, `Database with the requested ID '%s' already exists. ${TRY_ID}`],
  database_timeout: [408, 'Database timed out. Try adjusting your queries or adding an index.'],
  database_query_order_null: [
    400,
    'The order attribute had a null value. Cursor pagination requires all documents order attribute values are non-null.',
  ],
  collection_not_found: [404, "Collection with the requested ID '%s' could not be found."],
  collection_already_exists: [
    409,
    `A collection with the requested ID '%s' already exists. ${TRY_ID}`,
  ],
  collection_limit_exceeded: [400, 'The maximum number of collections has been reached.'],
  table_not_found: [404, "Table with the requested ID '%s' could not be found."],
  table_already_exists: [409, `A table with the requested ID '%s' already exists. ${TRY_ID}`],
  table_limit_exceeded: [400, 'The maximum number of tables has been reached.'],
  attribute_not_found: [404, "Attribute with the requested key '%s' could not be found."],
  attribute_unknown: [
    400,
    "The attribute '%s' required for the index could not be found. Please confirm all your attributes are in the available state.",
  ],
  attribute_not_available: [
    400,
    "The requested attribute '%s' is not yet available. Please try again later.",
  ],
  attribute_format_unsupported: [400, 'The requested attribute format is not supported.'],
  attribute_default_unsupported: [
    400,
    'Default values cannot be set for array or required attributes.',
  ],
  attribute_already_exists: [
    409,
    "Attribute with the requested key '%s' already exists. Attribute keys must be unique, try again with a different key.",
  ],
  attribute_limit_exceeded: [
    400,
    'The maximum number or size of attributes for this collection has been reached.',
  ],
  attribute_value_invalid: [
    400,
    'The attribute value is invalid. Please check the type, range and value of the attribute.',
  ],
  attribute_type_invalid: [400, 'The attribute type is invalid.'],
  attribute_invalid_resize: [
    400,
    'Existing data is too large for new size, truncate your existing data then try again.',
  ],
  column_not_found: [404, "Column with the requested key '%s' could not be found."],
  column_unknown: [
    400,
    "The column '%s' required for the index could not be found. Please confirm all your columns are in the available state.",
  ],
  column_not_available: [
    400,
    "The requested column '%s' is not yet available. Please try again later.",
  ],
  column_format_unsupported: [400, 'The requested column format is not supported.'],
  column_default_unsupported: [400, 'Default values cannot be set for array or required columns.'],
  column_already_exists: [
    409,
    "Column with the requested key '%s' already exists. Column keys must be unique, try again with a different key.",
  ],
  column_limit_exceeded: [
    400,
    'The maximum number or size of columns for this table has been reached.',
  ],
  column_value_invalid: [
    400,
    'The column value is invalid. Please check the type, range and value of the column.',
  ],
  column_type_invalid: [400, 'The column type is invalid.'],
  column_invalid_resize: [
    400,
    'Existing data is too large for new size, truncate your existing data then try again.',
  ],
  index_not_found: [404, "Index with the requested key '%s' could not be found."],
  index_already_exists: [
    409,
    "Index with the requested key '%s' already exists. Try again with a different key.",
  ],
  index_invalid: [400, 'Index invalid.'],
  index_limit_exceeded: [400, 'The maximum number of indexes has been reached.'],
  column_index_not_found: [404, "Index with the requested key '%s' could not be found."],
  column_index_already_exists: [
    409,
    "Index with the requested key '%s' already exists. Try again with a different key.",
  ],
  column_index_invalid: [400, 'Index invalid.'],
  column_index_limit_exceeded: [400, 'The maximum number of indexes has been reached.'],
  document_not_found: [404, "Document with the requested ID '%s' could not be found."],
  document_already_exists: [409, `Document with the requested ID '%s' already exists. ${TRY_ID}`],
  document_invalid_structure: [400, 'The document structure is invalid.'],
  document_missing_data: [
    400,
    'The document data is missing. Try again with document data populated.',
  ],
  document_missing_payload: [
    400,
    'The document data and permissions are missing. You must provide either document data or permissions to be updated.',
  ],
  document_update_conflict: [409, 'Remote document is newer than local.'],
  row_not_found: [404, "Row with the requested ID '%s' could not be found."],
  row_already_exists: [409, `Row with the requested ID '%s' already exists. ${TRY_ID}`],
  row_invalid_structure: [400, 'The row structure is invalid.'],
  row_missing_data: [400, 'The row data is missing. Try again with row data populated.'],
  row_missing_payload: [
    400,
    'The row data and permissions are missing. You must provide either row data or permissions to be updated.',
  ],
  row_update_conflict: [409, 'Remote row is newer than local.'],
  row_delete_restricted: [403, 'Row cannot be deleted because it is referenced by another row.'],
  relationship_value_invalid: [400, 'The relationship value is invalid.'],
  transaction_not_found: [404, "Transaction with the requested ID '%s' could not be found."],
  transaction_already_exists: [409, 'A transaction with the requested ID already exists.'],
  transaction_invalid: [400, 'The transaction is invalid.'],
  transaction_expired: [410, 'The transaction has expired.'],
  transaction_failed: [400, 'The transaction has failed.'],
  transaction_conflict: [
    409,
    'The transaction has a conflict. Please resolve the conflict and try again.',
  ],
  transaction_limit_exceeded: [
    400,
    'The maximum number of operations in a transaction has been reached.',
  ],
  transaction_not_ready: [400, 'The transaction is not ready yet. Please try again later.'],
} as const satisfies Record<string, readonly [code: number, message: string]>;

export type ErrorType = keyof typeof ERROR_TYPES;
