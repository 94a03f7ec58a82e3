namespace Argosy.Bench;

/// <summary>One figure of the report.</summary>
/// <param name="Id">Its name in files, such as <c>echo-256</c>.</param>
/// <param name="Group">What it is drawn with: figures of one group share a chart or a table.</param>
/// <param name="Title">What it says, for people.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="MoreIsBetter">False for times and memory.</param>
/// <param name="Connections">At how many connections at once.</param>
public sealed record Metric(string Id, string Group, string Title, string Unit, bool MoreIsBetter, int Connections);
