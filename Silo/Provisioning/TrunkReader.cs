using System.Collections.Immutable;
using System.Net;
using System.Text;
using System.Text.Json;
using Webphone.Grains.Tenants;
using Webphone.Sip.Uris;

namespace Webphone.Silo.Provisioning;

/// <summary>Reads a tenant's trunks. Where their numbers lead is judged when the whole tenant is known.</summary>
internal static class TrunkReader
{
    public static ImmutableArray<TrunkDraft> ReadTrunks(ref JsonCursor cursor)
    {
        cursor.Expect(JsonTokenType.StartArray, "an array of trunks");
        var trunks = ImmutableArray.CreateBuilder<TrunkDraft>();
        while (ProvisioningReader.ReadItem(ref cursor))
        {
            if (trunks.Count == ProvisioningRules.MostTrunks) throw cursor.Refuse($"a tenant has at most {ProvisioningRules.MostTrunks} trunks");
            var trunk = ReadTrunk(ref cursor);
            if (trunks.Any(other => other.Trunk.Name == trunk.Trunk.Name)) throw cursor.Refuse(trunk.Position, $"there is a trunk \"{trunk.Trunk.Name}\" already");
            trunks.Add(trunk);
        }

        return trunks.ToImmutable();
    }

    private static TrunkDraft ReadTrunk(ref JsonCursor cursor)
    {
        cursor.Expect(JsonTokenType.StartObject, "a trunk (an object)");
        var start = cursor.Position;
        var fields = new FieldSet();
        string? name = null, user = null, secret = null;
        var trunk = new TrunkRecord("", []);
        ImmutableArray<Placed<InboundNumber>> numbers = [];
        while (fields.Next(ref cursor, out var field))
        {
            switch (field)
            {
                case "name": name = Text(ref cursor, field, ProvisioningRules.TenantName.IsMatch, ProvisioningRules.TenantNameRule); break;
                case "gateways": trunk = trunk with { Gateways = ReadList(ref cursor, field, ProvisioningRules.MostGateways, ReadGateway) }; break;
                case "user": user = Text(ref cursor, field, ProvisioningRules.IsSecret, $"must be 1 to {ProvisioningRules.LongestSecret} characters, none of them a control character"); break;
                case "secret": secret = UserReader.ReadSecret(ref cursor, field); break;
                case "domain": trunk = trunk with { Domain = Text(ref cursor, field, IsHost, "must be a domain name or an address") }; break;
                case "callerId": trunk = trunk with { CallerId = Text(ref cursor, field, ProvisioningRules.Number.IsMatch, ProvisioningRules.NumberRule) }; break;
                case "callerPrefix": trunk = trunk with { CallerPrefix = Text(ref cursor, field, ProvisioningRules.DialPrefix.IsMatch, ProvisioningRules.DialPrefixRule) }; break;
                case "dial": trunk = trunk with { Dials = ReadList(ref cursor, field, ProvisioningRules.MostDialRules, ReadDialRule) }; break;
                case "networks": trunk = trunk with { Networks = ReadList(ref cursor, field, ProvisioningRules.MostNetworks, ReadNetwork) }; break;
                case "numbers": numbers = ReadList(ref cursor, field, ProvisioningRules.MostInboundNumbers, ReadNumber); break;
                default: throw cursor.Refuse($"a trunk has no field \"{field}\"; fields are name, gateways, user, secret, domain, callerId, dial, networks, numbers and callerPrefix");
            }
        }

        if (name is null) throw cursor.Refuse(start, "\"name\" of the trunk is missing");
        if (trunk.Gateways.IsEmpty) throw cursor.Refuse(start, $"trunk \"{name}\" must have at least one of \"gateways\"");
        if (user is null != secret is null) throw cursor.Refuse(start, $"trunk \"{name}\" must have both \"user\" and \"secret\" or neither");
        if (!numbers.IsEmpty && trunk.Networks.IsEmpty) throw cursor.Refuse(start, $"trunk \"{name}\" has \"numbers\" and must say by \"networks\" where its calls come from");
        if (trunk.Dials.IsEmpty && numbers.IsEmpty) throw cursor.Refuse(start, $"trunk \"{name}\" must have \"dial\" or \"numbers\": without either no call goes through it");
        if (numbers.GroupBy(number => number.Value.Number.TrimStart('+')).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw cursor.Refuse(twice.Last().Position, $"the number {twice.Key} is given twice in trunk \"{name}\"");
        return new TrunkDraft(start, trunk with { Name = name, Credentials = user is null ? null : new TrunkCredentials(user, secret!) }, numbers);
    }

    private static string ReadGateway(ref JsonCursor cursor, string field) =>
        Text(ref cursor, field, IsGateway, "must be a SIP URI such as sip:gateway.example.com:5060;transport=tcp; the transport is udp, tcp or tls");

    private static DialRule ReadDialRule(ref JsonCursor cursor, string field)
    {
        cursor.Expect(JsonTokenType.StartObject, "a rule for dialled numbers (an object)");
        var start = cursor.Position;
        var fields = new FieldSet();
        string? prefix = null;
        var (strip, add) = (0, "");
        while (fields.Next(ref cursor, out var part))
        {
            switch (part)
            {
                case "prefix": prefix = Text(ref cursor, part, ProvisioningRules.DialPrefix.IsMatch, ProvisioningRules.DialPrefixRule); break;
                case "strip": strip = cursor.Number(part, 0, ProvisioningRules.LongestDialPrefix); break;
                case "add": add = Text(ref cursor, part, ProvisioningRules.DialPrefix.IsMatch, ProvisioningRules.DialPrefixRule); break;
                default: throw cursor.Refuse($"a rule for dialled numbers has no field \"{part}\"; fields are prefix, strip and add");
            }
        }

        return prefix is null ? throw cursor.Refuse(start, "\"prefix\" of the rule for dialled numbers is missing; it may be empty") : new DialRule(prefix, strip, add);
    }

    private static IPNetwork ReadNetwork(ref JsonCursor cursor, string field)
    {
        var text = cursor.Text(field);
        if (IPAddress.TryParse(text, out var address)) return new IPNetwork(address, address.GetAddressBytes().Length * 8);
        if (!IPNetwork.TryParse(text, out var network)) throw cursor.Refuse($"\"{field}\" must name addresses or networks such as 192.0.2.7 or 192.0.2.0/24; \"{text}\" is none");
        return network.PrefixLength > 0 ? network : throw cursor.Refuse($"\"{field}\" must not be every address there is: whoever calls from there is believed");
    }

    private static Placed<InboundNumber> ReadNumber(ref JsonCursor cursor, string field)
    {
        cursor.Expect(JsonTokenType.StartObject, "a number (an object)");
        var start = cursor.Position;
        var fields = new FieldSet();
        string? number = null, to = null;
        while (fields.Next(ref cursor, out var part))
        {
            switch (part)
            {
                case "number": number = Text(ref cursor, part, ProvisioningRules.Number.IsMatch, ProvisioningRules.NumberRule); break;
                case "to": to = cursor.Text(part); break;
                default: throw cursor.Refuse($"a number has no field \"{part}\"; fields are number and to");
            }
        }

        return number is not null && to is not null ? new Placed<InboundNumber>(new InboundNumber(number, to), start) : throw cursor.Refuse(start, "a number must have \"number\" and \"to\"");
    }

    private delegate T Reader<T>(ref JsonCursor cursor, string field);

    private static ImmutableArray<T> ReadList<T>(ref JsonCursor cursor, string field, int most, Reader<T> read)
    {
        cursor.Expect(JsonTokenType.StartArray, $"an array (\"{field}\")");
        var items = ImmutableArray.CreateBuilder<T>();
        while (ProvisioningReader.ReadItem(ref cursor))
        {
            if (items.Count == most) throw cursor.Refuse($"\"{field}\" has at most {most}");
            items.Add(read(ref cursor, field));
        }

        return items.ToImmutable();
    }

    private static string Text(ref JsonCursor cursor, string field, Func<string, bool> fits, string rule) => TenantReader.ReadText(ref cursor, field, fits, rule).Value;

    private static bool IsHost(string text) => ProvisioningRules.IsDomain(text) || IPAddress.TryParse(text, out _);

    private static bool IsGateway(string text) => ProvisioningRules.Gateway.IsMatch(text) && SipUri.TryParse(Encoding.ASCII.GetBytes(text), out _, out _);
}

/// <summary>A trunk on the way in.</summary>
internal sealed record TrunkDraft(int Position, TrunkRecord Trunk, ImmutableArray<Placed<InboundNumber>> Numbers)
{
    /// <param name="cursor">Says where a mistake is.</param>
    /// <param name="isUser">Whether a text is an extension of the tenant.</param>
    public TrunkRecord ToTrunk(JsonCursor cursor, Func<string, bool> isUser)
    {
        foreach (var (number, position) in Numbers)
        {
            if (!isUser(number.Target) && !ProvisioningRules.RoomNumber.IsMatch(number.Target) && number.Target != NumberingPlan.EchoTestCode)
                throw cursor.Refuse(position, $"{number.Number} leads to \"{number.Target}\", which is no extension of the tenant, no room (99900 to 99999) and not {NumberingPlan.EchoTestCode}");
        }

        return Trunk with { Numbers = [.. Numbers.Select(number => number.Value)] };
    }
}
