// Runs a certified provider with its own pages: whoever signs in there is who they say, by any password.
import Provider from "oidc-provider";

const { port, client, secret, back, left } = JSON.parse(process.argv[2]);

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    {
      client_id: client,
      client_secret: secret,
      redirect_uris: [back],
      post_logout_redirect_uris: [left],
      grant_types: ["authorization_code"],
      response_types: ["code"],
    },
  ],
  claims: { openid: ["sub"], profile: ["preferred_username"] },
  cookies: { keys: ["a key of the tests"] },
  findAccount: (_context, name) => ({
    accountId: name,
    claims: () => ({ sub: name, preferred_username: name.replace(/^id-of-/, "") }),
  }),
});

provider.listen(port, "127.0.0.1", () => console.log("ready"));
