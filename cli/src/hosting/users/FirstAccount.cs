using System.Security.Cryptography;
using Argosy.Files;

namespace Argosy.Cli.Hosting;

/// <summary>The account that <c>serve</c> makes for whoever starts it first, so that two commands are enough to move a file.</summary>
/// <param name="Name">The login name of who started the server.</param>
/// <param name="Password">Shown once, stored nowhere.</param>
internal sealed record FirstAccount(string Name, string Password)
{
    // No letter that can be taken for another (RFC 4648 calls out 0/O, 1/I/l): 30 symbols, 16 of them, 78 bits.
    private const string Symbols = "abcdefghjkmnpqrstuvwxyz2345679";

    /// <summary>Makes and stores it; its home is the served folder itself.</summary>
    public static FirstAccount Make(IAccountStore accounts, string root)
    {
        var name = AccountName.TryNormalize(Environment.UserName, out var login, out _) ? login : "admin";
        var password = NewPassword();
        accounts.Save(new Account { Name = name, Verifier = PasswordVerifier.Create(password), Home = root });
        return new FirstAccount(name, password);
    }

    /// <summary>A random password that is easy to read and to type: four groups of four.</summary>
    public static string NewPassword() =>
        string.Join('-', Enumerable.Range(0, 4).Select(_ => RandomNumberGenerator.GetString(Symbols, 4)));
}
