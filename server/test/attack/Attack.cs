namespace Argosy.Server.Tests.Attack;

/// <summary>How hard the server is attacked: a little by default, as hard as the machine bears with <c>./check --all</c>.</summary>
internal static class Attack
{
    /// <summary>True for full counts.</summary>
    public static bool All { get; } = Environment.GetEnvironmentVariable("ARGOSY_CHECK") == "all";

    /// <summary>A count for now.</summary>
    public static int Count(int usual, int all) => All ? all : usual;
}
