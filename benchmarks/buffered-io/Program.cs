using System.Net;
using Argosy.Benchmarks.BufferedIo;

if (args is ["peer", var port])
{
    Peer.Run(new IPEndPoint(IPAddress.Loopback, int.Parse(port)));
    return 0;
}

if (Settings.Parse(args, out var settings) is { } problem)
{
    Console.Error.WriteLine(problem);
    Console.Error.WriteLine(Settings.Usage);
    return 2;
}

using var ending = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    ending.Cancel();
};
var tables = new StringWriter();
var report = new Report(settings, settings.Page is null ? Console.Out : tables);
report.WriteMachine();
await using var bench = Bench.Start(settings);
foreach (var group in Variants.All(settings))
    report.Write(group.Title, await bench.MeasureAsync(group, ending.Token));
report.WriteEnd();
if (settings.Page is { } page) Report.Replace(page, tables.ToString());
return 0;
