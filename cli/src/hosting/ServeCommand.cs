using System.CommandLine;
using Argosy.Client;
using Argosy.Server;

namespace Argosy.Cli.Hosting;

/// <summary><c>argosy serve</c>: its options, which are the server's settings under short names.</summary>
internal static class ServeCommand
{
    // Option, value's name in the help, the setting behind it, description.
    private static readonly (string Name, string Value, string Key, string Meaning)[] Settings =
    [
        ("--listen", "ADDR:PORT", "Native:Listen", "Where to listen; a port alone means every address. [default: [::]:7373; port 0: any free one]"),
        ("--data", "DIR", "Server:Data", $"Accounts, certificate and usage. [default: {DataFolder.DefaultPath}]"),
        ("--model", "NAME", "Server:Model", "How connections are served: " + string.Join(", ", PartsCatalog.Models.Select(m => m.Name)) + $"; prefork:NAME runs NAME in each worker process. [default: {new ServerOptions().Model}]"),
        ("--anonymous", "ro|rw|drop", "Accounts:Anonymous", "Let visitors without an account list and read (ro), also write (rw), or only leave files (drop)."),
        ("--user", "NAME", "Server:User", "Become this user once the port is bound (as root)."),
        ("--quota", "SIZE", "Files:Quota", "What accounts without a quota of their own may hold, such as 10G; also what anonymous may."),
        ("--durability", "fast|strict", "Files:Durability", "Confirm an upload when the system has it (fast: a power failure may lose it) or when the disk has it (strict). [default: fast]"),
        ("--drain", "TIME", "Server:Drain", "How long running transfers may go on after a stop. [default: 10s]"),
    ];

    private static readonly (string Name, string Key, string Meaning)[] Flags =
    [
        ("--plain", "Native:Plain", "Also serve clients that come without TLS. Passwords stay secret, content does not."),
        ("--verbose", "Log:Verbose", "Log every session and transfer."),
    ];

    public static Command Create()
    {
        var command = new Command("serve", "Serve a folder until it is told to stop (Ctrl-C or SIGTERM; SIGHUP reloads accounts and certificate).");
        var root = new Argument<string?>("ROOT")
        {
            Description = "The folder that holds the homes; made where it is missing. [default: the current folder]",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var config = new Option<string?>("--config")
        {
            HelpName = "FILE",
            Description = "Settings from a file: JSON with comments. Environment variables ARGOSY__Section__Key win over it, options over both.",
        };
        var options = Settings.Select(s => (Option: new Option<string?>(s.Name) { HelpName = s.Value, Description = s.Meaning }, s.Key)).ToList();
        var flags = Flags.Select(f => (Option: new Option<bool>(f.Name) { Description = f.Meaning }, f.Key)).ToList();
        command.Add(root);
        foreach (var (option, _) in options) command.Add(option);
        foreach (var (flag, _) in flags) command.Add(flag);
        command.Add(config);
        command.SetAction((parsed, _) =>
        {
            var typed = options.Select(o => (Text: parsed.GetValue(o.Option), Name: o.Option.Name, o.Key))
                .Concat(flags.Select(f => (Text: parsed.GetValue(f.Option) ? "true" : null, Name: f.Option.Name, f.Key)))
                .Append((Text: parsed.GetValue(root), Name: "ROOT", Key: "Server:Root"))
                .Where(value => value.Text is not null)
                .Select(value => new SettingValue(value.Key, value.Text!, value.Name));
            return RunAsync(parsed.GetValue(config), typed);
        });
        AddPortHint(command);
        return command;
    }

    // What lists what there is needs a line for each.
    private static async Task<int> RunAsync(string? config, IEnumerable<SettingValue> typed)
    {
        try
        {
            return await new Serving(Options(config, typed)).RunAsync();
        }
        catch (ConfigurationException error) when (error.Message.Contains('\n'))
        {
            Console.Error.WriteLine("argosy: " + string.Join('\n', error.Message.Split('\n').Select(Terminal.Escape)));
            return 2;
        }
    }

    // Other servers have it; here address and port are one word.
    private static void AddPortHint(Command command)
    {
        var port = new Option<string?>("--port", "-p") { Hidden = true };
        port.Validators.Add(result => result.AddError($"there is no option \"--port\" here; write --listen {(result.Tokens is [var typed, ..] ? ShellWord.Of(Terminal.Escape(typed.Value)) : "PORT")}"));
        command.Add(port);
    }

    private static ServerOptions Options(string? file, IEnumerable<SettingValue> typed) => ServerOptions.From(
    [
        .. file is null ? [] : ConfigurationFile.Read(file),
        .. ConfigurationFile.ReadEnvironment(EnvironmentVariables.All),
        .. typed,
    ]);
}
