// The steps of a login: INIT, COMPLETEAUTH, perhaps waiting for the phone, then the form goes to the Dispatcher.
const form = document.getElementById('login');
const message = document.getElementById('message');
const pollMs = 1000;

async function authenticate(action) {
  const answer = await fetch('/sso/Authenticator', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8' },
    body: new URLSearchParams({
      ACTION: action,
      USER: document.getElementById('username').value,
      LOGIN_TYPE: form.elements.loginType.value,
      SERVICE: 'AM.LOGIN',
      RESP_TYPE: 'JSON',
    }).toString(),
  });
  return answer.json();
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  message.textContent = 'Logging in…';
  try {
    await authenticate('INIT');
    let result = await authenticate('COMPLETEAUTH');
    while (result.auth_res === 'pending') {
      message.textContent = 'Approve the login on your phone…';
      await new Promise((resolve) => setTimeout(resolve, pollMs));
      result = await authenticate('TWOFACT');
    }
    if (result.auth_res !== 'passed') throw new Error(result.error ?? 'The login failed');
    form.submit();
  } catch (error) {
    message.textContent = error.message;
  }
});
