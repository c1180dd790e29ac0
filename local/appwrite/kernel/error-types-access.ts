/** Errors of requests, users, messages, teams and projects; see `error-types.ts`. */
import type { ErrorTable } from './error-types.ts';

export const ACCESS_ERRORS = {
  general_unknown: [500, 'Server Error'],
  general_mock: [400, 'General errors thrown by the mock controller used for testing.'],
  general_access_forbidden: [401, 'Access to this API is forbidden.'],
  general_unknown_origin: [403, 'The request originated from an unknown origin.'],
  general_service_disabled: [403, 'The requested service is disabled.'],
  general_unauthorized_scope: [
    401,
    'The current user or API key does not have the required scopes to access the ' +
      'requested resource.',
  ],
  general_rate_limit_exceeded: [
    429,
    'Rate limit for the current endpoint has been exceeded. Please try again after some ' + 'time.',
  ],
  general_smtp_disabled: [
    503,
    'SMTP is disabled on your Appwrite instance. You can learn more about setting up ' +
      'SMTP in our docs.',
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
    'The current project has exceeded the maximum number of users. Please check your ' +
      'user limit in the Appwrite console.',
  ],
  user_jwt_invalid: [401, 'The JWT token is invalid.'],
  user_jwt_and_cookie_set: [
    403,
    'JWT and cookie used in the same request. Use either `setJWT` or `setCookie`. Learn ' +
      'about which authentication method to use in the SSR docs: ' +
      'https://appwrite.io/docs/products/auth/server-side-rendering',
  ],
  user_already_exists: [
    409,
    'A user with the same id, email, or phone already exists in this project.',
  ],
  user_blocked: [403, 'The current user has been blocked.'],
  user_invalid_token: [401, 'Invalid token passed in the request.'],
  password_recently_used: [
    400,
    'The password you are trying to use is similar to your previous password.',
  ],
  password_personal_data: [
    400,
    'The password you are trying to use contains references to your name, email, phone ' +
      'or userID.',
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
  user_not_found: [404, 'User with the requested ID could not be found.'],
  user_target_already_exists: [409, 'A target with the same ID already exists.'],
  provider_not_found: [404, 'Provider with the requested ID could not be found.'],
  provider_already_exists: [409, 'Provider with the requested ID already exists.'],
  message_not_found: [404, 'Message with the requested ID could not be found.'],
  message_already_exists: [
    409,
    'Message with the requested ID already exists. Try again with a different ID or use ' +
      'ID.unique() to generate a unique ID.',
  ],
  message_missing_target: [
    400,
    'Message with the requested ID has no recipients (topics or users or targets).',
  ],
  message_target_not_email: [400, 'Message with the target ID is not an email target.'],
  team_not_found: [404, 'Team with the requested ID could not be found.'],
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
    'The team invitation secret is invalid. Please request a new invitation and try ' + 'again.',
  ],
  team_membership_mismatch: [404, 'The membership ID does not belong to the team ID.'],
  membership_not_found: [404, 'Membership with the requested ID could not be found.'],
  membership_already_confirmed: [409, 'Membership is already confirmed.'],
  membership_deletion_prohibited: [400, 'Membership deletion is prohibited.'],
  project_not_found: [
    404,
    'Project with the requested ID could not be found. Please check the value of the ' +
      'X-Appwrite-Project header to ensure the correct project ID is being used.',
  ],
  project_already_exists: [
    409,
    'Project with the requested ID already exists. Try again with a different ID or use ' +
      'ID.unique() to generate a unique ID.',
  ],
  project_unknown: [400, 'The project ID is either missing or not valid.'],
  project_id_missing: [
    403,
    'When using project API key, make sure to pass x-appwrite-project header with your ' +
      'project ID.',
  ],
  project_key_expired: [
    401,
    'The project key has expired. Please generate a new key using the Appwrite console.',
  ],
  key_not_found: [404, 'Key with the requested ID could not be found.'],
  key_already_exists: [
    409,
    'Key with the requested ID already exists. Try again with a different ID or use ' +
      'ID.unique() to generate a unique ID.',
  ],
  platform_not_found: [404, 'Platform with the requested ID could not be found.'],
  mock_number_not_found: [404, 'Mock phone with the requested number could not be found.'],
} as const satisfies ErrorTable;
