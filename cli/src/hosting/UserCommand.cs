using System.CommandLine;
using Argosy.Client;
using Argosy.Files;
using Argosy.Server;

namespace Argosy.Cli.Hosting;

/// <summary><c>argosy user</c>: accounts, changed while the server runs or not.</summary>
internal static class UserCommand
{
    public static Command Create()
    {
        var data = new Option<string?>("--data")
        {
            HelpName = "DIR",
            Description = $"The server's data folder. [default: {DataFolder.DefaultPath}]",
            Recursive = true,
        };
        var command = new Command("user", "Add, change, show and remove accounts. A running server notices by itself.") { data };
        command.Add(Add(data));
        command.Add(Set(data));
        command.Add(Password(data));
        command.Add(Show(data));
        command.Add(List(data));
        command.Add(Remove(data));
        command.Add(Import(data));
        return command;
    }

    private static Command Add(Option<string?> data)
    {
        var (name, stdin) = (Name("The login name."), PasswordStdin());
        var command = new Command("add", "Make an account; asks for its password.") { name };
        var changes = new AccountChanges(command);
        command.Add(stdin);
        command.SetAction(parsed =>
        {
            using var accounts = AccountFolder.Open(parsed.GetValue(data), make: true);
            var account = changes.Apply(parsed, new Account { Name = AccountFolder.NewName(parsed.GetValue(name)!) });
            if (accounts.Store.Find(account.Name) is not null)
                throw new CommandException($"{account.Name} already exists; \"user set\" and \"user passwd\" change it");
            accounts.RequireHome(account, "added");
            accounts.Save(account with { Verifier = NewPassword.Verifier(account.Name, parsed.GetValue(stdin)) });
            Console.Out.WriteLine($"Added {Terminal.Escape(account.Name)}.");
        });
        return command;
    }

    private static Command Set(Option<string?> data)
    {
        var name = Name("Whose settings.");
        var command = new Command("set", "Change an account's home, quota or permissions.") { name };
        var changes = new AccountChanges(command);
        command.SetAction(parsed =>
        {
            if (!changes.Any(parsed)) throw new CommandException("there is nothing to change: give --home, --quota, --max-files or --permissions", exitCode: 2);
            using var accounts = AccountFolder.Open(parsed.GetValue(data));
            var before = accounts.Get(parsed.GetValue(name)!);
            if (changes.Apply(parsed, before) is var after && after.Home != before.Home) accounts.RequireHome(after, "changed");
            AccountReport.WriteOne(Console.Out, accounts.Change(before.Name, old => changes.Apply(parsed, old)), accounts.Homes);
        });
        return command;
    }

    private static Command Password(Option<string?> data)
    {
        var (name, stdin) = (Name("Whose password."), PasswordStdin());
        var command = new Command("passwd", "Give an account a new password; its sessions end.") { name, stdin };
        command.SetAction(parsed =>
        {
            using var accounts = AccountFolder.Open(parsed.GetValue(data));
            var account = accounts.Get(parsed.GetValue(name)!);
            var verifier = NewPassword.Verifier(account.Name, parsed.GetValue(stdin));
            accounts.Change(account.Name, old => old with { Verifier = verifier });
            Console.Out.WriteLine($"Changed the password of {Terminal.Escape(account.Name)}.");
        });
        return command;
    }

    private static Command Show(Option<string?> data)
    {
        var (name, json) = (Name("Whose settings."), Json());
        var command = new Command("show", "Show one account.") { name, json };
        command.SetAction(parsed =>
        {
            using var accounts = AccountFolder.Open(parsed.GetValue(data));
            var account = accounts.Get(parsed.GetValue(name)!);
            if (parsed.GetValue(json)) AccountReport.WriteJson(Console.Out, account);
            else AccountReport.WriteOne(Console.Out, account, accounts.Homes);
        });
        return command;
    }

    private static Command List(Option<string?> data)
    {
        var json = Json();
        var command = new Command("list", "List the accounts.") { json };
        command.SetAction(parsed =>
        {
            using var accounts = AccountFolder.Open(parsed.GetValue(data));
            var all = accounts.Store.List();
            if (parsed.GetValue(json)) AccountReport.WriteJson(Console.Out, all);
            else if (all.Count == 0) Console.Error.WriteLine(Terminal.Escape($"There are no accounts in {accounts.Path}."));
            else AccountReport.WriteTable(Console.Out, all);
        });
        return command;
    }

    private static Command Remove(Option<string?> data)
    {
        var name = Name("Whom to remove.");
        var command = new Command("remove", "Remove an account; its sessions end, its files stay.") { name };
        command.SetAction(parsed =>
        {
            using var accounts = AccountFolder.Open(parsed.GetValue(data));
            var account = accounts.Get(parsed.GetValue(name)!);
            accounts.Remove(account.Name);
            Console.Out.WriteLine($"Removed {Terminal.Escape(account.Name)}. Its files stay in {Terminal.Escape(AccountReport.Home(account, accounts.Homes))}.");
        });
        return command;
    }

    private static Command Import(Option<string?> data)
    {
        var file = new Argument<string>("FILE") { Description = "A section [name] per account with Password, Quota (such as 500M) and Home; [DEFAULT] holds for all." };
        var replace = new Option<bool>("--replace") { Description = "Replace accounts that already exist; without it they stop the import." };
        var command = new Command("import", "Add accounts from an INI file, all or none. Only verifiers of passwords are stored.") { file, replace };
        command.SetAction(parsed =>
        {
            using var accounts = AccountFolder.Open(parsed.GetValue(data), make: true);
            var added = accounts.Import(parsed.GetValue(file)!, parsed.GetValue(replace));
            Console.Out.WriteLine($"Imported {added.Count}: {string.Join(", ", added.Select(account => Terminal.Escape(account.Name)))}.");
        });
        return command;
    }

    private static Argument<string> Name(string meaning) => new("NAME") { Description = meaning };

    private static Option<bool> PasswordStdin() => new("--password-stdin") { Description = "Read the password from standard input instead of asking." };

    private static Option<bool> Json() => new("--json") { Description = "For scripts." };
}
