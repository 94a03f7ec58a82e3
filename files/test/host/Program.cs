using Argosy.Files;
using Argosy.Files.TestHost;
using Microsoft.Extensions.Logging.Abstractions;

// FOLDER crash OPERATION POINT [IN/]   takes one step of a storage, in a folder of it, and dies at a point of it
// FOLDER strict                        does each thing once with strict durability, printing what was acknowledged
// FOLDER files strict|fast             puts files until it is killed, printing each that was acknowledged
// FOLDER churn                         works until it is killed, printing each file that was acknowledged
var folder = args[0];
var ledger = Argosy.Ledger.Ledger.Open(Path.Combine(folder, "ledger"));
var durability = args[1] == "strict" || args is [_, "files", "strict"] ? Durability.Strict : Durability.Fast;
var storage = new LocalStorage(new() { Staging = Path.Combine(folder, "staging"), Durability = durability });
var place = Path.Combine(folder, "home");
var opener = new SessionOpener(storage, ledger, 0, TimeSpan.FromDays(7), NullLogger.Instance);
SessionGrant grant = new("ann", place, Permissions.Default, [], 1 << 30, null, false, CancellationToken.None, static () => { });
if (args[1] == "crash")
{
    var home = await storage.OpenHomeAsync(place, true, InlineOffload.Instance);
    var usage = new HomeUsage(ledger.Counter(home.Identity), 1 << 30, null);
    await new Steps(home, args is [_, _, _, _, var within] ? within : "").TakeAsync(args[2], () => new CrashTally(new LeaseTally(usage), args[3]));
    CrashTally.Die();
}

if (args[1] == "strict")
{
    await using var session = await opener.OpenAsync(grant, InlineOffload.Instance);
    await Acknowledged.EachAsync(session);
    return;
}

await Task.WhenAll(Enumerable.Range(0, 3).Select(worker => Task.Run(async () =>
{
    await using var session = await opener.OpenAsync(grant, InlineOffload.Instance);
    await (args[1] == "files" ? Acknowledged.FilesAsync(session, worker) : Churn.RunAsync(session, worker));
})));
