using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json.Nodes;
using System.Text.Json;
using Argosy.Cli.Output;
using Argosy.Client;
using Argosy.Files;
using Argosy.Server;

namespace Argosy.Cli.Hosting;

/// <summary>Accounts for people and for scripts. What proves a password is in neither.</summary>
internal static class AccountReport
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.Default };

    private static readonly string[] Heads = ["NAME", "HOME", "QUOTA", "FILES", "PERMISSIONS"];

    public static void WriteTable(TextWriter output, IReadOnlyList<Account> accounts)
    {
        var rows = accounts.Select(Row).Prepend(Heads).ToList();
        var widths = Heads.Select((_, column) => rows.Max(row => DisplayWidth.Of(row[column]))).ToList();
        foreach (var row in rows)
            output.WriteLine(string.Join("  ", row.Select((cell, column) => cell + new string(' ', widths[column] - DisplayWidth.Of(cell)))).TrimEnd());
    }

    /// <summary>Where its files are; in words where no server has told of the served folder yet.</summary>
    public static string Home(Account account, HomePlan homes) => homes.PlaceOf(account) ?? $"{account.Name}'s folder in the served folder";

    public static void WriteOne(TextWriter output, Account account, HomePlan homes)
    {
        (string, string)[] lines =
        [
            ("Name", Terminal.Escape(account.Name)),
            ("Home", Terminal.Escape(Home(account, homes))),
            ("Password", account.Verifier is null ? "none: nobody can log in with one" : "set"),
            ("Quota", account.QuotaBytes is { } bytes ? bytes < 1024 ? $"{Number(bytes)} bytes" : $"{Sizes.Of(bytes)} ({Number(bytes)} bytes)" : "the server's default"),
            ("Max files", account.QuotaFiles is { } files ? Number(files) : "no limit"),
            ("Permissions", PermissionText.Format(account.Permissions)),
            ("Paths", string.Join("; ", account.Paths.Select(path => $"{Terminal.Escape(path.Path)}: {PermissionText.Format(path.Permissions)}"))),
            ("Sessions", account.MaxSessions is { } sessions ? $"at most {Number(sessions)}" : ""),
            ("Networks", string.Join(", ", account.Networks)),
            ("Expires", account.Expires?.ToString("u", CultureInfo.InvariantCulture) ?? ""),
            ("Enabled", account.Enabled ? "yes" : "no"),
        ];
        foreach (var (name, value) in lines.Where(line => line.Item2.Length > 0)) output.WriteLine($"{name + ":",-13}{value}");
    }

    public static void WriteJson(TextWriter output, IEnumerable<Account> accounts) =>
        output.WriteLine(new JsonArray([.. accounts.Select(Json)]).ToJsonString(Readable));

    public static void WriteJson(TextWriter output, Account account) => output.WriteLine(Json(account).ToJsonString(Readable));

    private static string[] Row(Account account) =>
    [
        Terminal.Escape(account.Name) + (account.Enabled ? "" : " (disabled)"),
        account.Home is null ? "ROOT/NAME" : Terminal.Escape(account.Home),
        account.QuotaBytes is { } bytes ? ByteSize.Format(bytes) : "-",
        account.QuotaFiles is { } files ? Number(files) : "-",
        account.Permissions == Permissions.Default ? "default" : PermissionText.Format(account.Permissions),
    ];

    private static JsonObject Json(Account account) => new()
    {
        ["name"] = account.Name,
        ["home"] = account.Home,
        ["password"] = account.Verifier is not null,
        ["quota"] = account.QuotaBytes,
        ["max_files"] = account.QuotaFiles,
        ["permissions"] = Strings(PermissionText.Format(account.Permissions).Split(',')),
        ["paths"] = new JsonArray([.. account.Paths.Select(path => new JsonObject
        {
            ["path"] = path.Path,
            ["permissions"] = Strings(PermissionText.Format(path.Permissions).Split(',')),
        })]),
        ["max_sessions"] = account.MaxSessions,
        ["networks"] = Strings(account.Networks.Select(network => network.ToString())),
        ["expires"] = account.Expires?.ToString("o", CultureInfo.InvariantCulture),
        ["enabled"] = account.Enabled,
    };

    private static JsonArray Strings(IEnumerable<string> items) => new([.. items.Select(item => JsonValue.Create(item))]);

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
