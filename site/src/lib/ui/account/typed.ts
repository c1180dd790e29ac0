/** What a guest has typed, kept over both forms: turning to the other one and back loses nothing. */
export interface Typed {
  token: string;
  email: string;
  password: string;
  name: string;
}
